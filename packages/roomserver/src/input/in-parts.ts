/**
 * Many events that belong to one need, taken part by part, so that the room's queue is not filled by them.
 */
import type { InputItem, InputResult } from './item.ts'

/** Events of one need that are in the room's queue at once. */
const itemsAtOnce = 100

export async function inParts(
  items: readonly InputItem[],
  take: (item: InputItem) => Promise<InputResult>,
): Promise<InputResult[]> {
  const results: InputResult[] = []
  for (let at = 0; at < items.length; at += itemsAtOnce)
    results.push(...(await Promise.all(items.slice(at, at + itemsAtOnce).map(take))))
  return results
}
