/**
 * Caches that share one budget of bytes: what came in first goes first, of whichever cache, unless it was used since; then it is let
 * off once, as if it had come in just now. That is nearly least recently used, and a look-up only marks what it finds: to move it to
 * the end of a list would touch its neighbours too, which are in no processor's cache. Design, "Writing", "Caches": they hold immutable
 * things by NID.
 */

interface Slot {
  readonly cache: Map<unknown, Slot>
  readonly key: unknown
  readonly value: unknown
  bytes: number
  /** Since it came in, or was let off. */
  isUsed: boolean
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
    this.#makeRoom()
  }

  /** For caches of this budget only. */
  recount(slot: Slot, bytes: number): void {
    this.#used += bytes - slot.bytes
    slot.bytes = bytes
    slot.isUsed = true
    this.#makeRoom()
  }

  /** For caches of this budget only. */
  remove(slot: Slot): void {
    this.#used -= slot.bytes
    this.#unlink(slot)
    slot.cache.delete(slot.key)
  }

  #makeRoom(): void {
    while (this.#used > this.limit && this.#oldest !== undefined) {
      const slot = this.#oldest
      if (slot.isUsed) {
        slot.isUsed = false
        this.#unlink(slot)
        this.#link(slot)
        continue
      }
      this.#droppedBytes += slot.bytes
      this.remove(slot)
    }
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

/** A cache of one kind of thing. */
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
    slot.isUsed = true
    return slot.value as V
  }

  /** Keeps a value; again for one that has grown. One that is larger than the whole budget is not kept. */
  set(key: K, value: V): void {
    const bytes = this.#bytesOf(value)
    const fits = bytes <= this.#budget.limit
    const known = this.#slots.get(key)
    if (known !== undefined) {
      if (fits && known.value === value) {
        this.#budget.recount(known, bytes)
        return
      }
      this.#budget.remove(known)
    }
    if (!fits) return
    const slot: Slot = {
      cache: this.#slots,
      key,
      value,
      bytes,
      isUsed: false,
      newer: undefined,
      older: undefined,
    }
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
