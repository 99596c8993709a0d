/**
 * How much one server may ask at once. What is beyond waits a little, and is refused beyond that, so that one server cannot keep the others
 * from being answered.
 */
import type { ServerName } from '@neurite/protocol'

/** Requests of one server that are worked on at once: it has some connections, and answers take milliseconds. */
export const maxAtOnce = 30
/** Requests of one server that wait for those. */
export const maxWaiting = 200

interface Origin {
  running: number
  readonly waiting: (() => void)[]
}

export class OriginLimits {
  readonly #origins = new Map<ServerName, Origin>()

  /** Servers that have something running. */
  get size(): number {
    return this.#origins.size
  }

  /** @returns ends the work; undefined where too much waits already */
  async enter(server: ServerName): Promise<(() => void) | undefined> {
    const origin = this.#origins.get(server) ?? { running: 0, waiting: [] }
    this.#origins.set(server, origin)
    if (origin.running >= maxAtOnce) {
      if (origin.waiting.length >= maxWaiting) return undefined
      // Whoever leaves hands its place on.
      await new Promise<void>(resolve => origin.waiting.push(resolve))
    } else origin.running++
    return () => this.#leave(server, origin)
  }

  #leave(server: ServerName, origin: Origin): void {
    const next = origin.waiting.shift()
    if (next !== undefined) next()
    else if (--origin.running === 0) this.#origins.delete(server)
  }
}
