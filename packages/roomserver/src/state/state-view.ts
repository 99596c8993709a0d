/**
 * A state, readable: the blocks of a snapshot, unpacked. A later block overrides an earlier one; event 0 says that a key is
 * absent. Design, "State snapshots and blocks".
 */
import type { KeyNumber } from '@neurite/protocol'
import {
  type EventNid,
  type EventTypeNid,
  inRoom,
  type RoomNid,
  type SnapshotOrigin,
  type StateBlockNid,
  type StateEntry,
  type StateKeyNid,
  type StateSnapshotNid,
} from '../types/index.ts'
import { type DecodedBlock, eventIn, firstFrom } from './decoded-block.ts'
import { keyNumber, lowestKeyOf, stateKeyOfKey, typeOfKey } from './key-number.ts'
import { mergeBlocks } from './merge-blocks.ts'

export class StateView {
  readonly snapshot: StateSnapshotNid | 0
  readonly room: RoomNid | 0
  readonly origin: SnapshotOrigin
  /** From old to young. */
  readonly blocks: readonly StateBlockNid[]
  /** The same, unpacked. */
  readonly decoded: readonly DecodedBlock[]

  constructor(
    snapshot: StateSnapshotNid | 0,
    room: RoomNid | 0,
    origin: SnapshotOrigin,
    blocks: readonly StateBlockNid[],
    decoded: readonly DecodedBlock[],
  ) {
    this.snapshot = snapshot
    this.room = room
    this.origin = origin
    this.blocks = blocks
    this.decoded = decoded
  }

  /** The state with some entries changed; it is no stored one. */
  with(changes: DecodedBlock, origin: SnapshotOrigin): StateView {
    return new StateView(0, this.room, origin, [], [...this.decoded, changes])
  }

  /** The event of a type and state key; 0 where the state has none. */
  get(type: EventTypeNid, stateKey: StateKeyNid): EventNid | 0 {
    return this.#nid(this.eventAt(keyNumber(type, stateKey)))
  }

  /** The local number of a key's event; 0 where the state has none. */
  eventAt(key: KeyNumber): number {
    const { decoded } = this
    for (let i = decoded.length - 1; i >= 0; i--) {
      const event = eventIn(decoded[i] as DecodedBlock, key)
      if (event >= 0) return event
    }
    return 0
  }

  /** All entries, by type and state key. */
  entries(): Iterable<StateEntry> {
    return this.#entriesOf(this.merged())
  }

  /** The entries of one type, without going through the others. */
  entriesOfType(type: EventTypeNid): Iterable<StateEntry> {
    const parts: DecodedBlock[] = []
    for (const { keys, events } of this.decoded) {
      const start = firstFrom(keys, lowestKeyOf(type), 0)
      const end = firstFrom(keys, lowestKeyOf(type + 1), start)
      if (end > start) parts.push({ keys: keys.subarray(start, end), events: events.subarray(start, end) })
    }
    return this.#entriesOf(mergeBlocks(parts, 'drop'))
  }

  /** How many entries the state has. */
  get size(): number {
    return this.merged().keys.length
  }

  /** The whole state as one block, worked out each time: views are kept, and must not hold whole states. */
  merged(): DecodedBlock {
    return mergeBlocks(this.decoded, 'drop')
  }

  *#entriesOf({ keys, events }: DecodedBlock): Iterable<StateEntry> {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as number
      yield { type: typeOfKey(key), stateKey: stateKeyOfKey(key), event: this.#nid(events[i] as number) as EventNid }
    }
  }

  #nid(event: number): EventNid | 0 {
    return event === 0 ? 0 : inRoom<EventNid>(this.room as RoomNid, event)
  }
}

/** The state of snapshot 0. */
export const emptyView = new StateView(0, 0, 'computed', [], [])
