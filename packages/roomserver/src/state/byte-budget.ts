/**
 * Caches that share one budget of bytes: whatever was used least recently goes first, of whichever cache. Design, "Writing",
 * "Caches": they hold immutable things by NID.
 */

interface Slot {
  readonly cache: Map<unknown, Slot>
  readonly key: unknown
  readonly value: unknown
  readonly bytes: number
  newer: Slot | undefined
  older: Slot | undefined
}

/** What caches may hold together. */
export class ByteBudget {
  readonly limit: number
  #used = 0
  #droppedBytes = 0
  #newest: Slot | undefined
  #oldest: Slot | undefined

  constructor(limit: number) {
    if (!(limit >= 0)) throw new RangeError(`a budget of ${limit} bytes`)
    this.limit = limit
  }

  /** Bytes that are held, by the caches' own estimates. */
  get used(): number {
    return this.#used
  }

  /** Bytes that had to go to make room, since the beginning. */
  get droppedBytes(): number {
    return this.#droppedBytes
  }

  /** A new cache in this budget. @param bytesOf what a value takes in memory */
  cache<K, V>(bytesOf: (value: V) => number): ByteBudgetCache<K, V> {
    return new ByteBudgetCache(this, bytesOf)
  }

  /** For caches of this budget only. Makes room for the slot by dropping the oldest. */
  add(slot: Slot): void {
    this.#used += slot.bytes
    this.#link(slot)
    while (this.#used > this.limit && this.#oldest !== undefined) {
      this.#droppedBytes += this.#oldest.bytes
      this.remove(this.#oldest)
    }
  }

  /** For caches of this budget only. */
  remove(slot: Slot): void {
    this.#used -= slot.bytes
    this.#unlink(slot)
    slot.cache.delete(slot.key)
  }

  /** For caches of this budget only. */
  touch(slot: Slot): void {
    if (slot === this.#newest) return
    this.#unlink(slot)
    this.#link(slot)
  }

  #link(slot: Slot): void {
    slot.older = this.#newest
    slot.newer = undefined
    if (this.#newest !== undefined) this.#newest.newer = slot
    this.#newest = slot
    this.#oldest ??= slot
  }

  #unlink(slot: Slot): void {
    if (slot.newer === undefined) this.#newest = slot.older
    else slot.newer.older = slot.older
    if (slot.older === undefined) this.#oldest = slot.newer
    else slot.older.newer = slot.newer
    slot.newer = undefined
    slot.older = undefined
  }
}

/** A cache of one kind of thing, least recently used out first. */
export class ByteBudgetCache<K, V> {
  readonly #budget: ByteBudget
  readonly #bytesOf: (value: V) => number
  readonly #slots = new Map<unknown, Slot>()

  constructor(budget: ByteBudget, bytesOf: (value: V) => number) {
    this.#budget = budget
    this.#bytesOf = bytesOf
  }

  get(key: K): V | undefined {
    const slot = this.#slots.get(key)
    if (slot === undefined) return undefined
    this.#budget.touch(slot)
    return slot.value as V
  }

  /** Keeps a value; again for one that has grown. One that is larger than the whole budget is not kept. */
  set(key: K, value: V): void {
    this.delete(key)
    const slot: Slot = {
      cache: this.#slots,
      key,
      value,
      bytes: this.#bytesOf(value),
      newer: undefined,
      older: undefined,
    }
    if (slot.bytes > this.#budget.limit) return
    this.#slots.set(key, slot)
    this.#budget.add(slot)
  }

  delete(key: K): void {
    const slot = this.#slots.get(key)
    if (slot !== undefined) this.#budget.remove(slot)
  }

  /** Drops what has such a key. Takes time in proportion to the cache. */
  deleteWhere(matches: (key: K) => boolean): void {
    for (const slot of [...this.#slots.values()]) if (matches(slot.key as K)) this.#budget.remove(slot)
  }

  get size(): number {
    return this.#slots.size
  }
}
