/**
 * Numbers of one kind, each given out once ever: taken from the database in ranges, ahead of need.
 */
export class NumberRange {
  readonly #take: () => Promise<{ readonly from: number; readonly count: number }>
  #next = 0
  #end = 0
  #ahead: { readonly from: number; readonly end: number } | undefined
  #taking: Promise<void> | undefined

  /** @param take takes a range durably */
  constructor(take: () => Promise<{ readonly from: number; readonly count: number }>) {
    this.#take = take
  }

  /** A number, or undefined where a range has to be taken first: then wait for {@link ready} and ask again. */
  give(): number | undefined {
    if (this.#next === this.#end && this.#ahead !== undefined) {
      this.#next = this.#ahead.from
      this.#end = this.#ahead.end
      this.#ahead = undefined
    }
    return this.#next === this.#end ? undefined : this.#next++
  }

  /** Resolves when there are numbers to give. @throws what the taking of a range throws */
  ready(): Promise<void> {
    if (this.#next < this.#end || this.#ahead !== undefined) return Promise.resolve()
    this.#taking ??= this.#take()
      .then(({ from, count }) => {
        this.#ahead = { from, end: from + count }
      })
      .finally(() => {
        this.#taking = undefined
      })
    return this.#taking
  }
}
