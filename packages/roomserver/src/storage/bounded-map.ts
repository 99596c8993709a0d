/**
 * A map that forgets what was not used for long once it is full. It keeps two generations: what is used comes into the young
 * one; once that holds half of the limit it becomes the old one, and what was in the old one and not used since is forgotten.
 * A look-up among the young moves nothing, and nothing is ever searched for an entry to drop.
 */
export class BoundedMap<K, V> {
  #young = new Map<K, V>()
  #old = new Map<K, V>()
  readonly #half: number

  /** @param limit entries at most; the half of it that was used last is always there */
  constructor(limit: number) {
    this.#half = Math.ceil(limit / 2)
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  delete(key: K): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  set(key: K, value: V): void {
    this.#old.delete(key)
    this.#young.set(key, value)
    if (this.#young.size < this.#half) return
    this.#old = this.#young
    this.#young = new Map()
  }
}
