/**
 * What it takes to turn one whole state into another, as a block.
 */
import { type DecodedBlock, firstFrom } from './decoded-block.ts'

/** @returns the entries of `to` that `from` does not have, and absent ones for keys that only `from` has */
export function wholeDifference(from: DecodedBlock, to: DecodedBlock): DecodedBlock {
  const keys: number[] = []
  const events: number[] = []
  let i = 0
  for (let j = 0; j < to.keys.length; j++) {
    const key = to.keys[j] as number
    const end = firstFrom(from.keys, key, i)
    for (; i < end; i++) {
      keys.push(from.keys[i] as number)
      events.push(0)
    }
    const isSame = from.keys[i] === key && from.events[i] === to.events[j]
    if (from.keys[i] === key) i++
    if (isSame) continue
    keys.push(key)
    events.push(to.events[j] as number)
  }
  for (; i < from.keys.length; i++) {
    keys.push(from.keys[i] as number)
    events.push(0)
  }
  return { keys: Float64Array.from(keys), events: Uint32Array.from(events) }
}
