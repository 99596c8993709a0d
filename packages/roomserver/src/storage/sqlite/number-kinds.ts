/**
 * The kinds of numbers that are given out once for the whole database, in ranges, and how many there are of each. Names' NIDs
 * are bounded because state resolution packs a type and a state key into one number.
 */
import { maxRoomNid } from '../../types/index.ts'

export interface NumberKind {
  /** As the table nid_ranges calls it. */
  readonly name: string
  readonly last: number
  /** How many are taken at once: as many may be lost when a process ends. */
  readonly rangeSize: number
}

export const maxEventTypeNid = 2 ** 24 - 1
export const maxStateKeyNid = 2 ** 29 - 1

/** The order is that of messages to the writer. */
export const numberKinds = {
  room: { name: 'room', last: maxRoomNid, rangeSize: 64 },
  eventType: { name: 'event type', last: maxEventTypeNid, rangeSize: 64 },
  stateKey: { name: 'state key', last: maxStateKeyNid, rangeSize: 1_024 },
  queueRow: { name: 'queue row', last: Number.MAX_SAFE_INTEGER, rangeSize: 1 },
} as const satisfies Record<string, NumberKind>
