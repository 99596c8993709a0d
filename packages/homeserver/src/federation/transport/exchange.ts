/** One request to another server and its answer, with all that it holds: a place in a lane, a time limit, a connection. */
import { DeadlineExceeded, type Timers } from '@neurite/roomserver/runtime'
import type { Dispatcher } from 'undici'
import { ConnectFailed } from './connector.ts'
import type { Connections, Destination } from './destination.ts'
import { MalformedAnswer, RequestFailed } from './errors.ts'
import { firstOfEach } from './headers.ts'
import { LaneFull } from './lane.ts'
import type { IncomingAnswer, OutgoingRequest } from './outgoing-request.ts'

export interface ExchangeParts {
  readonly request: OutgoingRequest
  readonly destination: Destination
  readonly userAgent: string
  readonly timers: Timers
}

/** The other end hung up, commonly because it had just closed an idle connection when we used it. */
const brokenCodes = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])
const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])

export class Exchange {
  readonly #parts: ExchangeParts
  readonly #outer: AbortSignal | undefined
  readonly #ending = new AbortController()
  /** What is given back at the end, the newest first. */
  readonly #releases: (() => void)[] = []

  constructor(parts: ExchangeParts, outer: AbortSignal | undefined) {
    this.#parts = parts
    this.#outer = outer
    this.#releases.push(parts.destination.use())
    const { timeout } = parts.request.limits
    const timer = parts.timers.setTimer(timeout, () => this.#ending.abort(new DeadlineExceeded(timeout)))
    this.#releases.push(() => timer.cancel())
    const aborted = () => this.#ending.abort(outer?.reason)
    outer?.addEventListener('abort', aborted, { once: true })
    this.#releases.push(() => outer?.removeEventListener('abort', aborted))
  }

  async begin(): Promise<IncomingAnswer> {
    const { lane } = this.#parts.request.limits
    this.#releases.push(await this.#parts.destination[lane].enter(this.#ending.signal))
    const { statusCode: status, headers, body } = await this.#sendAgainIfBroken()
    this.#releases.push(() => void body.destroy())
    // Whoever closes an answer unread does not want to hear that it broke off.
    body.on('error', () => undefined)
    return { status, headers: firstOfEach(headers), chunks: () => this.#chunks(body), close: () => this.close() }
  }

  close(): void {
    for (const release of this.#releases.splice(0).reverse()) release()
  }

  /** What the caller is told of a failure. */
  failure(error: unknown): unknown {
    const { server, endpoint } = this.#parts.request
    if (this.#outer?.aborted) return this.#outer.reason
    const cause = this.#ending.signal.aborted ? this.#ending.signal.reason : error
    if (cause instanceof RequestFailed) return cause
    const isTimeout =
      cause instanceof DeadlineExceeded ||
      cause instanceof LaneFull ||
      (cause instanceof ConnectFailed && cause.isTimeout) ||
      timeoutCodes.has(codeOf(cause))
    if (!isTimeout && !(cause instanceof ConnectFailed) && !isOfTheNetwork(cause)) return cause
    return new RequestFailed(server, endpoint, isTimeout ? 'timeout' : 'unreachable', (cause as Error).message, {
      cause,
    })
  }

  async #sendAgainIfBroken(): Promise<Dispatcher.ResponseData> {
    try {
      return await this.#send()
    } catch (error) {
      if (!this.#parts.request.isRepeatable || this.#ending.signal.aborted || !brokenCodes.has(codeOf(error)))
        throw error
      return await this.#send()
    }
  }

  async #send(): Promise<Dispatcher.ResponseData> {
    const { method, path, headers, body, limits } = this.#parts.request
    const connections = await this.#connections()
    try {
      return await connections.pool.request({
        method,
        path,
        headers: { ...headers, host: connections.route.hostHeader, 'user-agent': this.#parts.userAgent },
        ...(body === undefined ? {} : { body }),
        headersTimeout: limits.headersTimeout,
        bodyTimeout: limits.bodyTimeout,
        signal: this.#ending.signal,
      })
    } catch (error) {
      if (error instanceof ConnectFailed) this.#parts.destination.forgetRoute(connections.route)
      throw error
    }
  }

  /** The look-up goes on for others where this request is given up. */
  #connections(): Promise<Connections> {
    const { signal } = this.#ending
    return new Promise((resolve, reject) => {
      const aborted = () => reject(signal.reason)
      signal.addEventListener('abort', aborted, { once: true })
      void this.#parts.destination
        .connections()
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', aborted))
    })
  }

  async *#chunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { server, endpoint, limits } = this.#parts.request
    let size = 0
    try {
      for await (const chunk of body) {
        size += chunk.length
        if (size > limits.maxBytes)
          throw new MalformedAnswer(server, endpoint, `an answer of more than ${limits.maxBytes} bytes`)
        yield chunk
      }
    } catch (error) {
      throw this.failure(error)
    }
  }
}

function codeOf(error: unknown): string {
  return String((error as { readonly code?: unknown } | undefined)?.code ?? '')
}

/** What undici and Node report of the other end and the way there; all else is a fault of ours. */
function isOfTheNetwork(error: unknown): boolean {
  const code = codeOf(error)
  return error instanceof Error && code !== '' && !/^(?:UND_)?ERR_(?:INVALID|ASSERTION)/.test(code)
}
