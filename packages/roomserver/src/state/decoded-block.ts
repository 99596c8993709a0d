/**
 * A state block unpacked: its entries in two arrays, sorted by key. Design, "State snapshots and blocks".
 */
import type { KeyNumber } from '@neurite/protocol'
import { localOf, type StateEntry } from '../types/index.ts'
import { keyNumber } from './key-number.ts'

/** Entries by rising key, each key once. Never changed once made. */
export interface DecodedBlock {
  readonly keys: Float64Array
  /** The events' local numbers; 0 says that the key is absent. */
  readonly events: Uint32Array
}

export const emptyBlock: DecodedBlock = { keys: new Float64Array(0), events: new Uint32Array(0) }

/** What a block takes in memory: two arrays and what V8 needs around them. */
export function blockBytes({ keys }: DecodedBlock): number {
  return 400 + 12 * keys.length
}

/** What a block says of a key: the event's local number, 0 for absent, -1 where it says nothing. */
export function eventIn(block: DecodedBlock, key: KeyNumber): number {
  const { keys } = block
  // Most blocks of a list are small, and most keys lie outside them.
  if (!((keys[0] as number) <= key && key <= (keys[keys.length - 1] as number))) return -1
  const at = firstFrom(keys, key, 0)
  return keys[at] === key ? (block.events[at] as number) : -1
}

/** The index of the first key that is not below `key`, from `start` on; the length where there is none. */
export function firstFrom(keys: Float64Array, key: KeyNumber, start: number): number {
  let low = start
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as number) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** A block of these entries in any order; event 0 says that the key is absent. @throws {RangeError} where a key is there twice */
export function blockOf(
  entries: readonly (Omit<StateEntry, 'event'> & { readonly event: StateEntry['event'] | 0 })[],
): DecodedBlock {
  return blockOfPairs(entries.map(({ type, stateKey, event }) => [keyNumber(type, stateKey), localOf(event)] as const))
}

/** {@link blockOf} for pairs of key and local event number. */
export function blockOfPairs(pairs: readonly (readonly [key: KeyNumber, event: number])[]): DecodedBlock {
  const sorted = pairs.length > 1 ? [...pairs].sort((a, b) => a[0] - b[0]) : pairs
  const keys = new Float64Array(sorted.length)
  const events = new Uint32Array(sorted.length)
  for (let i = 0; i < sorted.length; i++) {
    const pair = sorted[i] as (typeof sorted)[number]
    if (i > 0 && keys[i - 1] === pair[0]) throw new RangeError('a state has one entry for each key, not two')
    keys[i] = pair[0]
    events[i] = pair[1]
  }
  return { keys, events }
}
