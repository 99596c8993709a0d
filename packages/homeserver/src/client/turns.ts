/**
 * Work on one thing done one after another, while other things go side by side: for changes that first read what is there.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Waits for whoever had a turn on the same thing before, however that ended. */
  async take<T>(thing: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(thing) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#last.set(thing, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(thing) === mine) this.#last.delete(thing)
    }
  }
}
