/**
 * A rising sequence of numbers that knows each one's place in it, in two bits for every number up to the highest: a bitmap,
 * with the count of what comes before each word.
 */
import { GrowingInts } from './growing-numbers.ts'

export class RankedNumbers {
  readonly #words = new GrowingInts()
  readonly #before = new GrowingInts()

  get bytes(): number {
    return this.#words.bytes + this.#before.bytes
  }

  /** @param number above all that were added before. @param rank how many there were */
  add(number: number, rank: number): void {
    const word = number >>> 5
    while (this.#words.length <= word) {
      this.#words.push(0)
      this.#before.push(rank)
    }
    this.#words.set(word, this.#words.at(word) | (1 << (number & 31)))
  }

  /** @param number the highest of them */
  remove(number: number): void {
    const word = number >>> 5
    this.#words.set(word, this.#words.at(word) & ~(1 << (number & 31)))
  }

  /** How many numbers of the sequence come before this one; undefined where it is not one of them. */
  rankOf(number: number): number | undefined {
    const word = number >>> 5
    if (number < 0 || word >= this.#words.length) return undefined
    const bits = this.#words.at(word)
    const bit = number & 31
    if (((bits >>> bit) & 1) === 0) return undefined
    return this.#before.at(word) + bitsSet(bits & ~(-1 << bit))
  }
}

/** How many bits of a 32-bit number are set. */
function bitsSet(number: number): number {
  let count = number - ((number >>> 1) & 0x55555555)
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333)
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
