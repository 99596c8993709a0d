/**
 * Entries of a state as they come, in any order, before they are a block: a large room has a hundred thousand, which as objects take
 * several times the memory of the block.
 */
import type { KeyNumber } from '@neurite/protocol'
import type { DecodedBlock } from './decoded-block.ts'
import { GrowingFloats, GrowingInts } from './growing-numbers.ts'

export class GatheredEntries {
  readonly #keys = new GrowingFloats()
  readonly #events = new GrowingInts()

  /** @param event the event's local number */
  add(key: KeyNumber, event: number): void {
    this.#keys.push(key)
    this.#events.push(event)
  }

  /** The entries as a block, and whether there were several for one key: of these the first counts. */
  toBlock(): { readonly block: DecodedBlock; readonly areDoubled: boolean } {
    const [keys, events] = [this.#keys, this.#events]
    const order = Uint32Array.from({ length: keys.length }, (_, at) => at)
    order.sort((a, b) => keys.at(a) - keys.at(b) || a - b)
    const block = { keys: new Float64Array(order.length), events: new Uint32Array(order.length) }
    let count = 0
    for (const at of order) {
      const key = keys.at(at)
      if (count > 0 && block.keys[count - 1] === key) continue
      block.keys[count] = key
      block.events[count++] = events.at(at)
    }
    if (count === order.length) return { block, areDoubled: false }
    return { block: { keys: block.keys.slice(0, count), events: block.events.slice(0, count) }, areDoubled: true }
  }
}
