/**
 * HTTP to other servers: one set of connections for each, with time limits, limits on size and on how many at once. It knows nothing
 * of endpoints and signatures. Server-server API, "API standards".
 */

import type { ServerName } from '@neurite/protocol'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { DestinationParts } from './destination.ts'
import { Destinations } from './destinations.ts'
import { RequestFailed } from './errors.ts'
import { Exchange } from './exchange.ts'
import type { IncomingAnswer, OutgoingRequest } from './outgoing-request.ts'

export interface TransportParts extends Omit<DestinationParts, 'clock'> {
  readonly runtime: Runtime
  /** Name and version of this server, as other servers' logs show it. */
  readonly userAgent: string
  /** Servers that nothing is asked of. */
  readonly refuses?: (server: ServerName) => boolean
  /** Told of every request once its answer begins, or none came: {@link noAnswer} in place of a status. Milliseconds. */
  readonly onAnswer?: ((endpoint: string, status: number | typeof noAnswer, duration: number) => void) | undefined
}

export const noAnswer = 'none'

export class FederationTransport {
  readonly #parts: TransportParts
  readonly #destinations: Destinations

  constructor(parts: TransportParts) {
    this.#parts = parts
    const { clock, timers } = parts.runtime
    this.#destinations = new Destinations({ ...parts, clock, timers })
  }

  /** How many servers are being talked to, or were lately. */
  get servers(): number {
    return this.#destinations.size
  }

  /**
   * Sends a request and waits until its answer begins.
   * @throws {RequestFailed} where none does; {RemoteServerError} where the server cannot be found; the signal's reason
   */
  async open(request: OutgoingRequest, signal?: AbortSignal): Promise<IncomingAnswer> {
    signal?.throwIfAborted()
    const { runtime, userAgent, refuses, onAnswer } = this.#parts
    const { server, endpoint } = request
    if (refuses?.(server) === true)
      throw new RequestFailed(server, endpoint, 'unreachable', 'this server does not talk to it')
    const destination = this.#destinations.to(server)
    const exchange = new Exchange({ request, destination, userAgent, timers: runtime.timers }, signal)
    const begun = runtime.clock.monotonic()
    const took = () => runtime.clock.monotonic() - begun
    try {
      const answer = await exchange.begin()
      onAnswer?.(endpoint, answer.status, took())
      return answer
    } catch (error) {
      exchange.close()
      onAnswer?.(endpoint, noAnswer, took())
      throw exchange.failure(error)
    }
  }

  /** Ends all connections. What is under way fails. */
  close(): Promise<void> {
    return this.#destinations.close()
  }
}
