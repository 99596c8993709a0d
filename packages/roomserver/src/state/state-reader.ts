/**
 * Reading states: lists of blocks, blocks, and views of whole states, out of the caches or out of storage. Design, "State
 * snapshots and blocks": reading state never costs one query a block.
 */

import type { IdentityRow, Reader, SnapshotRow } from '../storage/index.ts'
import { type RoomNid, roomOf, type SnapshotOrigin, type StateBlockNid, type StateSnapshotNid } from '../types/index.ts'
import { decodeBlock } from './block-codec.ts'
import { type BlockList, emptyList, readBlockList } from './block-list.ts'
import { DamagedBlock } from './damage.ts'
import type { DecodedBlock } from './decoded-block.ts'
import { type DifferingKey, differingKeys, keysChanged, type StateChange, stateChanges } from './difference.ts'
import { LastResolutions } from './last-resolutions.ts'
import { RecentViews } from './recent-views.ts'
import type { StateBuilder } from './state-builder.ts'
import type { StateCaches } from './state-caches.ts'
import { emptyView, StateView } from './state-view.ts'

export class StateReader {
  readonly #reader: Reader
  readonly #caches: StateCaches
  readonly #recent: RecentViews
  readonly lastResolutions: LastResolutions

  constructor(reader: Reader, caches: StateCaches) {
    this.#reader = reader
    this.#caches = caches
    this.#recent = new RecentViews(caches.budget)
    this.lastResolutions = new LastResolutions(caches.budget)
  }

  /**
   * The state of a snapshot.
   * @param builder where rows may be that are being made
   * @throws {DamagedSnapshot | DamagedBlock}
   */
  async view(snapshot: StateSnapshotNid | 0, builder?: StateBuilder): Promise<StateView> {
    if (snapshot === 0) return emptyView
    const list = this.#listAtHand(snapshot, builder)
    const known = list && this.#recent.get(list)
    return known ?? ((await this.views([snapshot], builder))[0] as StateView)
  }

  /** The states of snapshots, in order; their blocks are read together. */
  async views(snapshots: readonly (StateSnapshotNid | 0)[], builder?: StateBuilder): Promise<StateView[]> {
    const lists: BlockList[] = []
    const views: (StateView | undefined)[] = []
    for (const snapshot of snapshots) {
      const list = this.#listAtHand(snapshot, builder) ?? (await this.list(snapshot, builder))
      lists.push(list)
      views.push(snapshot === 0 ? emptyView : this.#recent.get(list))
    }
    if (!views.includes(undefined)) return views as StateView[]
    const missing = new Set<StateBlockNid>()
    for (const [i, { blocks }] of lists.entries())
      if (views[i] === undefined) for (const block of blocks) missing.add(block)
    const decoded = await this.#blocksByNid(missing, builder)
    return snapshots.map((snapshot, i) => {
      const known = views[i]
      if (known !== undefined || snapshot === 0) return known ?? emptyView
      const list = lists[i] as BlockList
      const parts = list.blocks.map(block => decoded.get(block) as DecodedBlock)
      const view = new StateView(snapshot, roomOf(snapshot), list.origin, list.blocks, parts)
      this.#recent.set(list, view)
      return view
    })
  }

  /** Keeps the view of a snapshot that was just made, where its parent's is at hand: they have nearly all blocks in common. */
  keepView({ snapshot, form, origin }: SnapshotRow, builder: StateBuilder): void {
    const list = builder.list(snapshot)
    const parent = form.kind === 'whole' ? undefined : this.#listAtHand(form.parent, builder)
    const before = parent && (form.parent === 0 ? emptyView : this.#recent.get(parent))
    if (list === undefined || before === undefined) return
    const decoded: DecodedBlock[] = []
    for (let i = 0; i < list.blocks.length; i++) {
      const block = list.blocks[i] as StateBlockNid
      // The oldest blocks stand where they stood; those behind a merge have moved towards them.
      const old = before.blocks[i] === block ? i : before.blocks.lastIndexOf(block)
      const known = before.decoded[old] ?? builder.block(block) ?? this.#caches.blocks.get(block)
      if (known === undefined) return
      decoded.push(known)
    }
    this.#recent.set(list, new StateView(snapshot, roomOf(snapshot), origin, list.blocks, decoded))
  }

  /** Where a state comes from. The empty state is computed. */
  async originOf(snapshot: StateSnapshotNid | 0, builder?: StateBuilder): Promise<SnapshotOrigin> {
    return (await this.list(snapshot, builder)).origin
  }

  /** What differs between two states, by type and state key. */
  async differences(
    before: StateSnapshotNid | 0,
    after: StateSnapshotNid | 0,
    builder?: StateBuilder,
  ): Promise<StateChange[]> {
    if (before === after) return []
    const [from, to] = (await this.views([before, after], builder)) as [StateView, StateView]
    return stateChanges(from, to, knownDifference(from, to, builder))
  }

  /** The keys on which two states differ. */
  differingKeys(before: StateView, after: StateView, builder?: StateBuilder): DifferingKey[] {
    return knownDifference(before, after, builder) ?? differingKeys([before, after])
  }

  /** A snapshot's list of blocks. */
  async list(snapshot: StateSnapshotNid | 0, builder?: StateBuilder): Promise<BlockList> {
    const known = this.#listAtHand(snapshot, builder)
    if (known !== undefined) return known
    if (snapshot === 0) return emptyList
    const { lists } = this.#caches
    const list = await readBlockList(snapshot, {
      known: nid => builder?.list(nid) ?? lists.get(nid),
      rows: nids => this.#reader.snapshots(nids),
    })
    // What was made in the meantime under this number is younger than what was read.
    if (lists.get(snapshot) === undefined) lists.set(snapshot, list)
    return list
  }

  #listAtHand(snapshot: StateSnapshotNid | 0, builder?: StateBuilder): BlockList | undefined {
    if (snapshot === 0) return emptyList
    return builder?.list(snapshot) ?? this.#caches.lists.get(snapshot)
  }

  /** Blocks, unpacked, in order. Those that are not at hand are read together. */
  async blocks(blocks: readonly StateBlockNid[], builder?: StateBuilder): Promise<DecodedBlock[]> {
    const decoded = await this.#blocksByNid(new Set(blocks), builder)
    return blocks.map(block => decoded.get(block) as DecodedBlock)
  }

  /** The blocks of a list, unpacked, in order. */
  async blocksOf(list: BlockList, builder?: StateBuilder): Promise<readonly DecodedBlock[]> {
    return this.#recent.get(list)?.decoded ?? (await this.blocks(list.blocks, builder))
  }

  /** What was made of these inputs before. */
  async identity(
    room: RoomNid,
    kind: IdentityRow['kind'],
    inputs: readonly number[],
    builder?: StateBuilder,
  ): Promise<number | undefined> {
    return builder?.identity(kind, inputs) ?? (await this.#reader.identity(room, kind, inputs))
  }

  async #blocksByNid(
    blocks: ReadonlySet<StateBlockNid>,
    builder: StateBuilder | undefined,
  ): Promise<Map<StateBlockNid, DecodedBlock>> {
    const found = new Map<StateBlockNid, DecodedBlock>()
    const missing: StateBlockNid[] = []
    for (const block of blocks) {
      const known = builder?.block(block) ?? this.#caches.blocks.get(block)
      if (known === undefined) missing.push(block)
      else found.set(block, known)
    }
    if (missing.length === 0) return found
    for (const { block, data } of await this.#reader.blocks(missing)) {
      const decoded = decodeBlock(block, data)
      if (this.#caches.blocks.get(block) === undefined) this.#caches.blocks.set(block, decoded)
      found.set(block, decoded)
    }
    for (const block of missing) if (!found.has(block)) throw new DamagedBlock(block, 'it is not stored')
    return found
  }
}

/** Where one state was made from the other just now, it is known on which keys they differ. */
function knownDifference(before: StateView, after: StateView, builder?: StateBuilder): DifferingKey[] | undefined {
  const made = after.snapshot === 0 ? undefined : builder?.madeFrom(after.snapshot)
  return made?.parent === before.snapshot ? keysChanged(before, made.changes) : undefined
}
