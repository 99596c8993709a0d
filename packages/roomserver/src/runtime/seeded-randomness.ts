/**
 * Chance that is the same for the same seed, on every machine: xoshiro128** 1.1 by David Blackman and Sebastiano Vigna
 * ("Scrambled linear pseudorandom number generators", 2021), its state filled by splitmix32. For tests, the simulator
 * and benchmarks; never for secrets.
 */
import type { Randomness } from './randomness.ts'

const words = 2 ** 32

export class SeededRandomness implements Randomness {
  readonly #state: Uint32Array

  /** @param seed a whole number of up to 53 bits, or the four words of the generator's state, not all 0 */
  constructor(seed: number | readonly [number, number, number, number]) {
    this.#state = typeof seed === 'number' ? stateOf(seed) : Uint32Array.from(seed)
  }

  /** A whole number of 32 bits, not negative. */
  word(): number {
    const state = this.#state
    const s1 = state[1] as number
    const result = Math.imul(rotl(Math.imul(s1, 5), 7), 9) >>> 0
    const s2 = (state[2] as number) ^ (state[0] as number)
    const s3 = (state[3] as number) ^ s1
    state[1] = s1 ^ s2
    state[0] = (state[0] as number) ^ s3
    state[2] = s2 ^ (s1 << 9)
    state[3] = rotl(s3, 11)
    return result
  }

  nextInt(limit: number): number {
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= words))
      throw new RangeError(`cannot draw a number below ${limit}`)
    // Words past the last whole multiple of the limit would make small numbers likelier.
    const fair = words - (words % limit)
    let word = this.word()
    while (word >= fair) word = this.word()
    return word % limit
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: count }, () => this.word() >>> 24)
  }

  /** A number from 0 on, below 1. */
  fraction(): number {
    return this.word() / words
  }

  /** True with a probability between 0 and 1. Draws one word in any case. */
  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  /** A whole number between two, both of them possible. */
  between(least: number, most: number): number {
    return least + this.nextInt(most - least + 1)
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('there is nothing to pick from')
    return list[this.nextInt(list.length)] as T
  }

  /** One of several by weight: whole numbers, not all 0. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.nextInt(choices.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, choice] of choices) {
      if (left < weight) return choice
      left -= weight
    }
    throw new RangeError('there is nothing to pick from')
  }

  /** A copy in any order (Fisher and Yates). */
  shuffled<T>(list: readonly T[]): T[] {
    const shuffled = [...list]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.nextInt(i + 1)
      const item = shuffled[i] as T
      shuffled[i] = shuffled[j] as T
      shuffled[j] = item
    }
    return shuffled
  }

  /** Another source that depends on this one's next word: what draws from it does not disturb this one. */
  fork(): SeededRandomness {
    return new SeededRandomness(this.word())
  }
}

function stateOf(seed: number): Uint32Array {
  const mixHigh = splitmix32(Math.floor(seed / words) >>> 0)
  const mix = splitmix32((seed >>> 0) ^ mixHigh())
  return Uint32Array.from({ length: 4 }, mix)
}

function rotl(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

/** The finaliser of MurmurHash3 over a Weyl sequence; the constants are Chris Wellons' ("lowbias32"). */
function splitmix32(seed: number): () => number {
  let weyl = seed
  return () => {
    weyl = (weyl + 0x9e3779b9) >>> 0
    let word = Math.imul(weyl ^ (weyl >>> 16), 0x21f0aaad)
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
    return (word ^ (word >>> 15)) >>> 0
  }
}
