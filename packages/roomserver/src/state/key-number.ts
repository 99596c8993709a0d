/**
 * Type and state key in one number, so that a state is ordered by a single comparison: what blocks are sorted by, and what
 * state resolution calls a key. Design, "State snapshots and blocks": entries are sorted by type, then state key.
 */
import type { KeyNumber } from '@neurite/protocol'
import type { EventTypeNid, StateKeyNid } from '../types/index.ts'

const stateKeySpan = 2 ** 29
/** State keys are below 2^29, types below 2^24: together they fill the safe integers. */
export const maxStateKeyNid = stateKeySpan - 1
export const maxTypeNid = 2 ** 24 - 1

/** @throws {RangeError} where a NID is 0 or too large */
export function keyNumber(type: EventTypeNid, stateKey: StateKeyNid): KeyNumber {
  if (!(type >= 1 && type <= maxTypeNid)) throw new RangeError(`event type NID ${type} is out of range`)
  if (!(stateKey >= 1 && stateKey <= maxStateKeyNid)) throw new RangeError(`state key NID ${stateKey} is out of range`)
  return type * stateKeySpan + stateKey
}

export function typeOfKey(key: KeyNumber): EventTypeNid {
  return Math.floor(key / stateKeySpan) as EventTypeNid
}

export function stateKeyOfKey(key: KeyNumber): StateKeyNid {
  return (key % stateKeySpan) as StateKeyNid
}

/** Below every key of a type, and above every key of the type before. */
export function lowestKeyOf(type: number): KeyNumber {
  return type * stateKeySpan
}
