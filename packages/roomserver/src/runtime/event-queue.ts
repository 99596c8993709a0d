/**
 * What is to happen in virtual time, by time; what is due at the same time in the order it was added. A binary heap, and
 * lazy about what was cancelled.
 */
export interface Due {
  readonly at: number
  readonly order: number
  /** Undefined once cancelled or done. */
  run: (() => void) | undefined
}

export class EventQueue {
  readonly #heap: Due[] = []
  #added = 0
  #live = 0

  /** How many are still to happen. */
  get size(): number {
    return this.#live
  }

  add(at: number, run: () => void): Due {
    const due: Due = { at, order: this.#added++, run }
    this.#heap.push(due)
    this.#live++
    this.#rise(this.#heap.length - 1)
    return due
  }

  cancel(due: Due): void {
    if (due.run === undefined) return
    due.run = undefined
    this.#live--
  }

  /** When the next one is due. */
  nextAt(): number | undefined {
    this.#dropCancelled()
    return this.#heap[0]?.at
  }

  /** Takes the next one out. */
  take(): (() => void) | undefined {
    this.#dropCancelled()
    const due = this.#removeFirst()
    const run = due?.run
    if (due !== undefined) this.cancel(due)
    return run
  }

  #dropCancelled(): void {
    while (this.#heap.length > 0 && this.#heap[0]?.run === undefined) this.#removeFirst()
  }

  #removeFirst(): Due | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink(0)
    }
    return first
  }

  #rise(from: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#swapIfBefore(index, parent)) return
      index = parent
    }
  }

  #sink(from: number): void {
    let index = from
    for (;;) {
      const left = 2 * index + 1
      const right = left + 1
      if (left >= this.#heap.length) return
      const child = right < this.#heap.length && this.#isBefore(right, left) ? right : left
      if (!this.#swapIfBefore(child, index)) return
      index = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a] as Due, this.#heap[b] as Due]
    return first.at < second.at || (first.at === second.at && first.order < second.order)
  }

  #swapIfBefore(a: number, b: number): boolean {
    if (!this.#isBefore(a, b)) return false
    const item = this.#heap[a] as Due
    this.#heap[a] = this.#heap[b] as Due
    this.#heap[b] = item
    return true
  }
}
