/**
 * Numbers from a seed: xorshift128 by George Marsaglia ("Xorshift RNGs", 2003), seeded by splitmix32. The same seed gives
 * the same numbers on every machine.
 */
export class Random {
  readonly #state: Uint32Array

  constructor(seed: number) {
    let mixed = seed >>> 0
    this.#state = Uint32Array.from({ length: 4 }, () => {
      mixed = (mixed + 0x9e3779b9) >>> 0
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
      return word ^ (word >>> 15)
    })
  }

  /** A whole number of 32 bits, not negative. */
  word(): number {
    const state = this.#state
    let t = state[3] as number
    const s = state[0] as number
    state[3] = state[2] as number
    state[2] = state[1] as number
    state[1] = s
    t ^= t << 11
    t ^= t >>> 8
    state[0] = t ^ s ^ (s >>> 19)
    return state[0]
  }

  /** A whole number from 0 on, below a limit. */
  below(limit: number): number {
    return this.word() % limit
  }

  /** A whole number between two, both of them possible. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True so many times in a hundred. */
  percent(chance: number): boolean {
    return this.below(100) < chance
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('there is nothing to pick from')
    return list[this.below(list.length)] as T
  }

  /** One of several by weight. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.below(choices.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, choice] of choices) {
      if (left < weight) return choice
      left -= weight
    }
    throw new RangeError('there is nothing to pick from')
  }

  /** Some of a list, each once, in any order. */
  some<T>(list: readonly T[], count: number): T[] {
    return this.shuffled(list).slice(0, count)
  }

  shuffled<T>(list: readonly T[]): T[] {
    const shuffled = [...list]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const item = shuffled[i] as T
      shuffled[i] = shuffled[j] as T
      shuffled[j] = item
    }
    return shuffled
  }
}
