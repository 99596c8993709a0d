/**
 * Goes through many blocks at once, key by key. The blocks wait in a heap by the key they are at: of 1,000 blocks with an entry each not
 * every one is looked at for every key. Design, "State snapshots and blocks".
 */
import type { KeyNumber } from '@neurite/protocol'
import type { DecodedBlock } from './decoded-block.ts'

/** What is said of a key: by which blocks, rising, and which events. */
export interface SaidOfKey {
  readonly key: KeyNumber
  readonly blocks: readonly number[]
  readonly events: readonly number[]
}

export class BlockCursors {
  readonly #blocks: readonly DecodedBlock[]
  /** For each block the index of its next entry. */
  readonly #at: Uint32Array
  /** And its key, side by side with those of the others: they are compared most of the time. */
  readonly #keys: Float64Array
  /** Blocks with entries left; each has a key no lower than that of the one at half its place. Equal keys: the first block first. */
  readonly #heap: number[] = []

  constructor(blocks: readonly DecodedBlock[]) {
    this.#blocks = blocks
    this.#at = new Uint32Array(blocks.length)
    this.#keys = new Float64Array(blocks.length)
    for (let i = 0; i < blocks.length; i++) {
      const key = blocks[i]?.keys[0]
      if (key === undefined) continue
      this.#keys[i] = key
      this.#heap.push(i)
    }
    for (let place = this.#heap.length >>> 1; place >= 0; place--) this.#sink(place)
  }

  /** Goes past the lowest key that is left. Undefined where nothing is left. */
  next(): SaidOfKey | undefined {
    const heap = this.#heap
    if (heap.length === 0) return undefined
    const key = this.#keys[heap[0] as number] as KeyNumber
    const blocks: number[] = []
    const events: number[] = []
    while (heap.length > 0) {
      const block = heap[0] as number
      if (this.#keys[block] !== key) break
      const { keys, events: all } = this.#blocks[block] as DecodedBlock
      const at = this.#at[block] as number
      blocks.push(block)
      events.push(all[at] as number)
      this.#at[block] = at + 1
      if (at + 1 < keys.length) this.#keys[block] = keys[at + 1] as KeyNumber
      else {
        const last = heap.pop() as number
        if (heap.length > 0) heap[0] = last
      }
      this.#sink(0)
    }
    return { key, blocks, events }
  }

  #sink(start: number): void {
    const heap = this.#heap
    let place = start
    for (;;) {
      const left = 2 * place + 1
      if (left >= heap.length) return
      const lower = left + 1 < heap.length && this.#isBefore(left + 1, left) ? left + 1 : left
      if (!this.#isBefore(lower, place)) return
      const block = heap[place] as number
      heap[place] = heap[lower] as number
      heap[lower] = block
      place = lower
    }
  }

  #isBefore(place: number, other: number): boolean {
    const [block, otherBlock] = [this.#heap[place] as number, this.#heap[other] as number]
    const difference = (this.#keys[block] as KeyNumber) - (this.#keys[otherBlock] as KeyNumber)
    return difference < 0 || (difference === 0 && block < otherBlock)
  }
}
