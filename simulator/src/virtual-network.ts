/**
 * A network in virtual time: messages take a while, get lost, arrive twice, and do not pass between the two sides of a
 * partition. What is sent is copied, so that nobody shares memory with anybody.
 */
import type { ServerName } from '@neurite/protocol'
import { RemoteServerError } from '@neurite/roomserver'
import type { SeededRandomness, SimulatedRuntime } from '@neurite/roomserver/runtime'

export interface Weather {
  /** Milliseconds that a message takes, least and most. */
  readonly delay: readonly [least: number, most: number]
  /** How likely a message is lost, and arrives twice. */
  readonly loss: number
  readonly duplication: number
}

export const calm: Weather = { delay: [1, 30], loss: 0, duplication: 0 }

/** Answers a message; what it throws becomes a refusal. */
export type Handler = (from: ServerName, message: NetworkMessage) => Promise<unknown>

/** Plain data with a name for what it is. */
export interface NetworkMessage {
  readonly kind: string
}

export interface NetworkCounts {
  sent: number
  lost: number
  duplicated: number
  unreachable: number
  /** Messages that were given to their receiver to answer, by kind. */
  readonly answered: Record<string, number>
}

/** After so long without an answer a connection is given up. Milliseconds. */
const requestTimeout = 30_000

export class VirtualNetwork {
  weather: Weather = calm
  readonly counts: NetworkCounts = { sent: 0, lost: 0, duplicated: 0, unreachable: 0, answered: {} }
  readonly #runtime: SimulatedRuntime
  readonly #random: SeededRandomness
  readonly #handlers = new Map<ServerName, Handler>()
  /** Servers on one side of the partition; all others are on the other. */
  #oneSide: ReadonlySet<ServerName> = new Set()

  constructor(runtime: SimulatedRuntime) {
    this.#runtime = runtime
    this.#random = runtime.randomness.fork()
  }

  attach(server: ServerName, handler: Handler): void {
    this.#handlers.set(server, handler)
  }

  /** The server is gone: nothing reaches it, and what it was about to answer is not sent. */
  detach(server: ServerName): void {
    this.#handlers.delete(server)
  }

  partition(oneSide: Iterable<ServerName>): void {
    this.#oneSide = new Set(oneSide)
  }

  heal(): void {
    this.#oneSide = new Set()
  }

  /**
   * Sends a message and waits for the answer.
   * @throws {RemoteServerError} where none comes; the signal's reason
   */
  request(from: ServerName, to: ServerName, message: NetworkMessage, signal?: AbortSignal): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    if (signal?.aborted) return Promise.reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    const timeout = this.#runtime.timers.setTimer(requestTimeout, () =>
      reject(new RemoteServerError(to, 'timeout', 'says nothing')),
    )
    const settle = (end: () => void) => () => {
      timeout.cancel()
      end()
    }
    const copy = structuredClone(message)
    this.#carry(from, to, () => {
      const handler = this.#handlers.get(to)
      if (handler === undefined) {
        this.counts.unreachable++
        return settle(() => reject(new RemoteServerError(to, 'unreachable', 'no connection')))()
      }
      this.counts.answered[copy.kind] = (this.counts.answered[copy.kind] ?? 0) + 1
      const answerWith = (end: () => void) => {
        // A server that was killed in the meantime, even if it is back, does not know of the question any more.
        if (this.#handlers.get(to) === handler) this.#carry(to, from, settle(end))
      }
      handler(from, structuredClone(copy)).then(
        answer => answerWith(() => resolve(structuredClone(answer))),
        error => answerWith(() => reject(new RemoteServerError(to, 'refused', String(error)))),
      )
    })
    return promise
  }

  #carry(from: ServerName, to: ServerName, deliver: () => void): void {
    const { delay, loss, duplication } = this.weather
    this.counts.sent++
    if (this.#oneSide.has(from) !== this.#oneSide.has(to) || this.#random.chance(loss)) {
      this.counts.lost++
      return
    }
    this.#runtime.timers.setTimer(this.#random.between(...delay), deliver)
    if (!this.#random.chance(duplication)) return
    this.counts.duplicated++
    this.#runtime.timers.setTimer(this.#random.between(...delay), deliver)
  }
}
