/**
 * Something that other parts want to be told of: rooms, when a profile has changed.
 */
export class Hook<T> {
  readonly #listeners = new Set<(news: T) => Promise<void> | void>()
  readonly #onError: (error: unknown) => void

  /** @param onError told where a listener fails: what has happened has happened all the same */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** @returns stops the listening */
  listen(listener: (news: T) => Promise<void> | void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when all have been told and are done with it. */
  async tell(news: T): Promise<void> {
    const results = await Promise.allSettled([...this.#listeners].map(async listener => listener(news)))
    for (const result of results) if (result.status === 'rejected') this.#onError(result.reason)
  }
}
