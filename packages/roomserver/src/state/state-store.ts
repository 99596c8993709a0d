/**
 * States of rooms: reading them, and building the rows of new ones for a commit. Design, "State snapshots and blocks".
 *
 * ```ts
 * const builder = new StateBuilder(room.nid, room.next)
 * const after = await states.append(builder, before, { type, stateKey, event }, 'computed')
 * const current = await states.resolve(builder, room, [after, ofAnotherExtremity])
 * // builder.blocks, .snapshots, .identities and .next go into the RoomCommit; after it was decided: states.decided(commit)
 * ```
 */
import type { AuthCheckObserver, Crypto } from '@neurite/protocol'
import type { RoomCommit } from '../storage/index.ts'
import {
  type EventNid,
  inRoom,
  localOf,
  type RoomNid,
  type SnapshotOrigin,
  type StateBlockNid,
  type StateEntry,
  type StateSnapshotNid,
  type StateTuple,
} from '../types/index.ts'
import { authChain } from './auth-chain.ts'
import { blockOf, type DecodedBlock } from './decoded-block.ts'
import type { StateChange } from './difference.ts'
import { extend } from './extend.ts'
import { LargeMerges, type PreparedMerge } from './large-merges.ts'
import { withoutAbsent } from './merge-blocks.ts'
import { type GraphSource, ResolutionGraph } from './resolution-graph.ts'
import { type ResolveOptions, type ResolvingRoom, resolvedView, resolveSnapshots } from './resolve.ts'
import type { StateBuilder, WantedMerge } from './state-builder.ts'
import { StateReader } from './state-reader.ts'
import type { StateView } from './state-view.ts'
import { wholeDifference } from './whole-difference.ts'

export interface StateStoreParts extends GraphSource {
  readonly crypto: Crypto
}

/** An entry that changes; event 0 removes the key. */
export interface ChangedEntry extends StateTuple {
  readonly event: EventNid | 0
}

export class StateStore {
  readonly #parts: StateStoreParts
  readonly #reader: StateReader
  readonly #largeMerges: LargeMerges

  constructor(parts: StateStoreParts) {
    this.#parts = parts
    this.#reader = new StateReader(parts.reader, parts.caches)
    this.#largeMerges = new LargeMerges(this.#reader, parts.yieldNow)
  }

  // Reading. `builder` names rows that are being made; without it they are found for as long as they are in the caches.

  /** The state of a snapshot; 0 is the empty state. @throws {DamagedSnapshot | DamagedBlock} */
  view(snapshot: StateSnapshotNid | 0, builder?: StateBuilder): Promise<StateView> {
    return this.#reader.view(snapshot, builder)
  }

  /** The states of several snapshots of any rooms, in order, in few round trips. */
  views(snapshots: readonly (StateSnapshotNid | 0)[], builder?: StateBuilder): Promise<StateView[]> {
    return this.#reader.views(snapshots, builder)
  }

  /** What differs between two states of a room, by type and state key. */
  differences(
    before: StateSnapshotNid | 0,
    after: StateSnapshotNid | 0,
    builder?: StateBuilder,
  ): Promise<StateChange[]> {
    return this.#reader.differences(before, after, builder)
  }

  /** Where a state comes from. The empty state is computed. */
  originOf(snapshot: StateSnapshotNid | 0, builder?: StateBuilder): Promise<SnapshotOrigin> {
    return this.#reader.originOf(snapshot, builder)
  }

  /**
   * The state that states resolve to, where it is not to be stored. @param observe told of each event's fate in the iterative auth
   * checks; everything is worked out then
   */
  resolved(
    room: ResolvingRoom,
    snapshots: readonly (StateSnapshotNid | 0)[],
    observe?: AuthCheckObserver,
  ): Promise<StateView> {
    const reading = { ...this.#parts, states: this.#reader }
    return resolvedView(room, snapshots, observe === undefined ? reading : { ...reading, observe })
  }

  /** The auth events of some events, the auth events of these, and so on; not the events themselves, unless one is in another's. */
  async authChain(room: ResolvingRoom, authEventsOf: readonly (readonly EventNid[])[]): Promise<EventNid[]> {
    const events = authEventsOf.flatMap(named => named.map(localOf))
    const graph = await ResolutionGraph.of(room, this.#parts, { events })
    try {
      // Only a rejected event can name one that is no state.
      const from = events.filter(event => graph.has(event))
      return authChain(graph, from).map(event => inRoom<EventNid>(room.nid, event))
    } finally {
      graph.release()
    }
  }

  // Building.

  /** The state after a state event: one entry more. */
  append(
    builder: StateBuilder,
    parent: StateSnapshotNid | 0,
    entry: StateEntry,
    origin: SnapshotOrigin,
  ): Promise<StateSnapshotNid> {
    return this.#extend(builder, parent, blockOf([entry]), origin)
  }

  /** A state as its difference to another. Where nothing differs it is that snapshot itself, if the origin is the same. */
  difference(
    builder: StateBuilder,
    parent: StateSnapshotNid | 0,
    changed: readonly ChangedEntry[],
    origin: SnapshotOrigin,
  ): Promise<StateSnapshotNid | 0> {
    return this.#difference(builder, parent, blockOf(changed), origin)
  }

  /**
   * A whole state. Stored as a difference where it is close to one that is there.
   * @param near a snapshot that it may be close to; 0: none is known
   */
  async given(
    builder: StateBuilder,
    whole: DecodedBlock,
    origin: SnapshotOrigin,
    near: StateSnapshotNid | 0 = 0,
  ): Promise<StateSnapshotNid | 0> {
    if (near === 0) return this.#difference(builder, 0, whole, origin)
    const difference = wholeDifference((await this.view(near, builder)).merged(), whole)
    const isClose = difference.keys.length * 2 <= whole.keys.length
    return this.#difference(builder, isClose ? near : 0, isClose ? difference : whole, origin)
  }

  /** The state that states resolve to. See {@link resolveSnapshots}. */
  resolve(
    builder: StateBuilder,
    room: ResolvingRoom,
    snapshots: readonly (StateSnapshotNid | 0)[],
    options?: ResolveOptions,
  ): Promise<StateSnapshotNid | 0> {
    return resolveSnapshots(builder, room, snapshots, {
      ...this.#parts,
      states: this.#reader,
      difference: (parent, changes, origin) => this.#difference(builder, parent, changes, origin),
      ...options,
    })
  }

  async #difference(
    builder: StateBuilder,
    parent: StateSnapshotNid | 0,
    changes: DecodedBlock,
    origin: SnapshotOrigin,
  ): Promise<StateSnapshotNid | 0> {
    const list = await this.#reader.list(parent, builder)
    if (changes.keys.length > 0)
      return this.#extend(builder, parent, list.blocks.length === 0 ? withoutAbsent(changes) : changes, origin)
    if (list.origin === origin) return parent
    // The same state, but surer or less sure than it was known to be.
    const { blocks } = list
    const { snapshot, list: made } = builder.addSnapshot({ kind: 'whole', parent, blocks }, origin)
    this.#parts.caches.lists.set(snapshot, made)
    return snapshot
  }

  async #extend(
    builder: StateBuilder,
    parent: StateSnapshotNid | 0,
    changes: DecodedBlock,
    origin: SnapshotOrigin,
  ): Promise<StateSnapshotNid> {
    const [blocksBefore, snapshotsBefore] = [builder.blocks.length, builder.snapshots.length]
    const isUnderWay = (inputs: readonly StateBlockNid[]) => this.#largeMerges.isUnderWay(inputs)
    const child = await extend(parent, changes, origin, { builder, reader: this.#reader, isUnderWay })
    this.#keep(builder, blocksBefore, snapshotsBefore)
    return child
  }

  /** Keeps what a builder made, from these rows on. See StateCaches on failed commits. */
  #keep(builder: StateBuilder, fromBlock: number, fromSnapshot: number): void {
    const { caches } = this.#parts
    for (const { block } of builder.blocks.slice(fromBlock)) {
      const decoded = builder.block(block)
      if (decoded !== undefined) caches.blocks.set(block, decoded)
    }
    for (const row of builder.snapshots.slice(fromSnapshot)) {
      const list = builder.list(row.snapshot)
      if (list !== undefined) caches.lists.set(row.snapshot, list)
      this.#reader.keepView(row, builder)
    }
  }

  // Large merges: made beside the work, then added in a commit of the room.

  /** Makes a merge, yielding now and then. Undefined where it is being made or was made already. Each must be added or dropped. */
  prepareMerge(wanted: WantedMerge): Promise<PreparedMerge | undefined> {
    return this.#largeMerges.prepare(wanted)
  }

  /** Adds the rows of a merge to a builder of the room. @returns false where it was made in the meantime: nothing was added */
  async addMerge(builder: StateBuilder, prepared: PreparedMerge): Promise<boolean> {
    const blocksBefore = builder.blocks.length
    const added = await this.#largeMerges.add(builder, prepared)
    this.#keep(builder, blocksBefore, builder.snapshots.length)
    return added
  }

  /** Gives a prepared merge up: it may be wanted again. */
  dropMerge(prepared: PreparedMerge): void {
    this.#largeMerges.drop(prepared.wanted)
  }

  // What others change.

  /** To be told of every commit once it is decided: events of it may have been judged anew. */
  decided({ room, events, next }: Pick<RoomCommit, 'room' | 'events' | 'next'>): void {
    const graph = this.#parts.caches.graphs.get(room)
    if (graph === undefined) return
    const newEvents = events.filter(({ json }) => json !== undefined).map(({ row }) => row)
    graph.take(newEvents, next.event)
    for (const { row } of events) graph.judge(localOf(row.event), row.status === 'rejected')
  }

  /** To be told where a commit of a room failed, or the room has moved on by another hand. */
  forgetRoom(room: RoomNid): void {
    this.#parts.caches.forgetRoom(room)
    this.#largeMerges.forgetRoom(room)
  }
}
