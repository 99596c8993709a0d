/**
 * Lets the event loop turn while much work goes on. Steps wait for promises that are settled already, so without this all events at
 * hand would be worked off before anything else, such as a timer or a request, gets its turn.
 */
import type { Runtime } from '../runtime/index.ts'

/** Milliseconds of work after which everything else that is ready goes first. */
const longestBreath = 3

export class Breathing {
  readonly #runtime: Pick<Runtime, 'clock' | 'timers'>
  #since = 0
  #yielding: Promise<void> | undefined

  constructor(runtime: Pick<Runtime, 'clock' | 'timers'>) {
    this.#runtime = runtime
  }

  /** To be waited for before each piece of work: at once, or after a turn of the event loop where the last is long ago. */
  async pause(): Promise<void> {
    const { clock, timers } = this.#runtime
    while (clock.monotonic() - this.#since >= longestBreath) {
      this.#yielding ??= timers.yieldNow().then(() => {
        this.#since = clock.monotonic()
        this.#yielding = undefined
      })
      await this.#yielding
    }
  }
}
