/**
 * The rows of state that one commit of a room is going to write, while they are being made. Design, "Writing": a write is a
 * value.
 */
import { type BlockRow, type IdentityRow, identityKey, type LocalNumbers, type SnapshotRow } from '../storage/index.ts'
import {
  type EventNid,
  inRoom,
  type RoomNid,
  type SnapshotForm,
  type SnapshotOrigin,
  type StateBlockNid,
  type StateSnapshotNid,
} from '../types/index.ts'
import { encodeBlock } from './block-codec.ts'
import { type BlockList, derive, emptyList } from './block-list.ts'
import type { DecodedBlock } from './decoded-block.ts'

/** A merge that is too large to be made within a commit. */
export interface WantedMerge {
  readonly room: RoomNid
  /** Neighbours in a list, from old to young. */
  readonly inputs: readonly StateBlockNid[]
  /** Whether the first of them is the oldest of its list, so that absent keys need no entry. */
  readonly oldest: boolean
}

/** How a snapshot came about: as what changes in another. */
export interface MadeFrom {
  readonly parent: StateSnapshotNid | 0
  readonly changes: DecodedBlock
}

export class StateBuilder {
  readonly room: RoomNid
  #next: LocalNumbers
  readonly #blocks: BlockRow[] = []
  readonly #snapshots: SnapshotRow[] = []
  readonly #identities: IdentityRow[] = []
  readonly #mergesWanted: WantedMerge[] = []
  readonly #decoded = new Map<StateBlockNid, DecodedBlock>()
  readonly #lists = new Map<StateSnapshotNid, BlockList>()
  readonly #found = new Map<string, number>()
  readonly #madeFrom = new Map<StateSnapshotNid, MadeFrom>()

  /** @param next the room's next local numbers, as its last decided commit left them */
  constructor(room: RoomNid, next: LocalNumbers) {
    this.room = room
    this.#next = next
  }

  /** The next local numbers, after all that this builder took. */
  get next(): LocalNumbers {
    return this.#next
  }
  get blocks(): readonly BlockRow[] {
    return this.#blocks
  }
  get snapshots(): readonly SnapshotRow[] {
    return this.#snapshots
  }
  get identities(): readonly IdentityRow[] {
    return this.#identities
  }
  /** Merges that are due and should be made beside the work: see StateStore.prepareMerge. */
  get mergesWanted(): readonly WantedMerge[] {
    return this.#mergesWanted
  }

  /** A NID for a new event, for those who number events here too. */
  takeEvent(): EventNid {
    const { event } = this.#next
    this.#next = { ...this.#next, event: event + 1 }
    return inRoom<EventNid>(this.room, event)
  }

  addBlock(
    entries: DecodedBlock,
    pack: (block: StateBlockNid) => Uint8Array = nid => encodeBlock(nid, entries),
  ): StateBlockNid {
    const { block } = this.#next
    const nid = inRoom<StateBlockNid>(this.room, block)
    this.#blocks.push({ block: nid, data: pack(nid) })
    this.#next = { ...this.#next, block: block + 1 }
    this.#decoded.set(nid, entries)
    return nid
  }

  /** @param parent the list of the form's parent */
  addSnapshot(
    form: SnapshotForm,
    origin: SnapshotOrigin,
    parent: BlockList = emptyList,
  ): { readonly snapshot: StateSnapshotNid; readonly list: BlockList } {
    const { snapshot: number } = this.#next
    const snapshot = inRoom<StateSnapshotNid>(this.room, number)
    const row: SnapshotRow = { snapshot, form, origin }
    const list = derive(row, parent)
    this.#snapshots.push(row)
    this.#next = { ...this.#next, snapshot: number + 1 }
    this.#lists.set(snapshot, list)
    return { snapshot, list }
  }

  addIdentity(kind: IdentityRow['kind'], inputs: readonly number[], result: IdentityRow['result']): void {
    this.#identities.push({ kind, inputs, result })
    this.#found.set(identityKey(kind, inputs), result)
  }

  wantMerge(merge: WantedMerge): void {
    this.#mergesWanted.push(merge)
  }

  noteOrigin(snapshot: StateSnapshotNid, madeFrom: MadeFrom): void {
    this.#madeFrom.set(snapshot, madeFrom)
  }

  // What it has made so far, for reading.

  madeFrom(snapshot: StateSnapshotNid): MadeFrom | undefined {
    return this.#madeFrom.get(snapshot)
  }

  block(block: StateBlockNid): DecodedBlock | undefined {
    return this.#decoded.get(block)
  }
  list(snapshot: StateSnapshotNid): BlockList | undefined {
    return this.#lists.get(snapshot)
  }
  identity(kind: IdentityRow['kind'], inputs: readonly number[]): number | undefined {
    return this.#found.get(identityKey(kind, inputs))
  }
}
