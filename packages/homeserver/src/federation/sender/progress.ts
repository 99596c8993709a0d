/**
 * How far the output log is done with, while servers take what is in it at their own pace: a position counts once all servers have taken
 * what is at it and before it, or what they lack is on disk.
 */

/** An output, until all that it is for are done with it. */
export class Pending {
  readonly position: string
  #open: number
  readonly #onDone: () => void

  constructor(position: string, open: number, onDone: () => void) {
    this.position = position
    this.#open = open
    this.#onDone = onDone
  }

  get isDone(): boolean {
    return this.#open === 0
  }

  /** One of those that it is for is done with it. */
  done(): void {
    this.#open--
    if (this.#open === 0) this.#onDone()
  }
}

export class Progress {
  #position: string
  /** In the order of positions. */
  #pending: Pending[] = []
  readonly #onAdvance: () => void

  constructor(position: string, onAdvance: () => void) {
    this.#position = position
    this.#onAdvance = onAdvance
  }

  /** All up to here is done. */
  get position(): string {
    return this.#position
  }

  /** Outputs that are not done, or follow on one that is not. */
  get pending(): number {
    return this.#pending.length
  }

  /** The next output. @param servers how many it is for */
  next(position: string, servers: number): Pending {
    const pending = new Pending(position, servers, () => this.#advance())
    this.#pending.push(pending)
    if (servers === 0) this.#advance()
    return pending
  }

  #advance(): void {
    const open = this.#pending.findIndex(pending => !pending.isDone)
    const done = open === -1 ? this.#pending.length : open
    if (done === 0) return
    this.#position = (this.#pending[done - 1] as Pending).position
    this.#pending = this.#pending.slice(done)
    this.#onAdvance()
  }
}
