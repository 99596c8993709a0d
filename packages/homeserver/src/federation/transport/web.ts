/**
 * Pages of the web that others point to: `.well-known` files, media that lie elsewhere, push gateways. By HTTPS only, to addresses that the
 * policy allows, each redirect included.
 */
import type { Readable } from 'node:stream'
import { type Runtime, withDeadline } from '@neurite/roomserver/runtime'
import { Client } from 'undici'
import { isHostName, withoutFinalDot } from '../discovery/host.ts'
import type { Connector } from './connector.ts'
import { firstOfEach, type Headers } from './headers.ts'

const httpsPort = 443
const maxRedirects = 5
/** Until the answer begins, and between two pieces of it. Milliseconds. */
const quiet = 15_000

/** There is no such page, or it cannot be had. */
export class WebRequestFailed extends Error {
  constructor(url: URL, problem: string, options?: ErrorOptions) {
    super(`${url.href}: ${problem}`, options)
    this.name = 'WebRequestFailed'
  }
}

export interface WebAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** An answer whose body is still to come. */
export interface OpenWebAnswer extends Omit<WebAnswer, 'body'> {
  readonly body: Readable
  /** Ends the connection. */
  close(): void
}

export class Web {
  readonly #connector: Connector
  readonly #runtime: Pick<Runtime, 'timers'>

  constructor(connector: Connector, runtime: Pick<Runtime, 'timers'>) {
    this.#connector = connector
    this.#runtime = runtime
  }

  /**
   * Gets a page as text, following redirects.
   * @param maxBytes a larger page is a failure
   * @param timeout for all of it, in milliseconds
   * @throws {WebRequestFailed}
   */
  async get(
    url: URL,
    { maxBytes, timeout }: { readonly maxBytes: number; readonly timeout: number },
  ): Promise<WebAnswer> {
    const failed = (problem: string, cause: unknown) => new WebRequestFailed(url, problem, { cause })
    try {
      return await withDeadline(this.#runtime.timers, timeout, async signal => {
        const { status, headers, body, close } = await this.open(url, signal)
        try {
          return { status, headers, body: await textOf(url, body, maxBytes) }
        } finally {
          close()
        }
      })
    } catch (error) {
      throw error instanceof WebRequestFailed ? error : failed((error as Error).message, error)
    }
  }

  /**
   * Sends JSON, and reads what is answered. Redirects are not followed: what was sent is for nobody else.
   * @param maxBytes of the answer. @param timeout for all of it, in milliseconds
   * @throws {WebRequestFailed}; the signal's reason
   */
  async postJson(
    url: URL,
    body: string,
    {
      maxBytes,
      timeout,
      signal,
    }: { readonly maxBytes: number; readonly timeout: number; readonly signal: AbortSignal },
  ): Promise<WebAnswer> {
    try {
      return await withDeadline(this.#runtime.timers, timeout, async inTime => {
        const answer = await this.#open(url, AbortSignal.any([signal, inTime]), body)
        try {
          return { status: answer.status, headers: answer.headers, body: await textOf(url, answer.body, maxBytes) }
        } finally {
          answer.close()
        }
      })
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof WebRequestFailed
        ? error
        : new WebRequestFailed(url, (error as Error).message, { cause: error })
    }
  }

  /** Gets a page, following redirects; its body is the caller's to read. @throws {WebRequestFailed}; the signal's reason */
  async open(url: URL, signal: AbortSignal): Promise<OpenWebAnswer> {
    const seen = new Set<string>()
    for (let at = url; ; ) {
      if (seen.has(at.href)) throw new WebRequestFailed(url, 'it redirects in a circle')
      if (seen.size > maxRedirects) throw new WebRequestFailed(url, `more than ${maxRedirects} redirects`)
      seen.add(at.href)
      const answer = await this.#open(at, signal)
      const location = redirectOf(answer)
      if (location === undefined) return answer
      answer.close()
      at = resolved(location, at)
    }
  }

  /** @param json sent by POST; undefined: GET */
  async #open(url: URL, signal: AbortSignal, json?: string): Promise<OpenWebAnswer> {
    const client = this.#client(url, signal)
    try {
      const {
        statusCode: status,
        headers,
        body,
      } = await client.request({
        method: json === undefined ? 'GET' : 'POST',
        path: `${url.pathname}${url.search}`,
        headers: {
          ...{ host: url.host, accept: '*/*' },
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(json === undefined ? {} : { body: json }),
        signal,
      })
      return { status, headers: firstOfEach(headers), body, close: () => client.destroy(() => undefined) }
    } catch (cause) {
      client.destroy(() => undefined)
      signal.throwIfAborted()
      throw new WebRequestFailed(url, (cause as Error).message, { cause })
    }
  }

  #client(url: URL, signal: AbortSignal): Client {
    if (url.protocol !== 'https:') throw new WebRequestFailed(url, 'only https: is followed')
    // Addresses come out of URL in their one form; names must be such as the DNS can have.
    const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : withoutFinalDot(url.hostname)
    const isName = isHostName(host)
    const port = url.port === '' ? httpsPort : Number(url.port)
    const target = { host: isName ? url.hostname : host, port }
    const route = { hostHeader: url.host, certificateFor: host, targets: [target] }
    return new Client(url.origin, {
      allowH2: false,
      pipelining: 1,
      headersTimeout: quiet,
      bodyTimeout: quiet,
      connect: (_, callback) => {
        this.#connector.connect(route, signal).then(
          socket => callback(null, socket),
          (error: Error) => callback(error, null),
        )
      },
    })
  }
}

/** Where it redirects to; undefined where it does not. */
function redirectOf({ status, headers }: Pick<WebAnswer, 'status' | 'headers'>): string | undefined {
  return [301, 302, 303, 307, 308].includes(status) ? headers['location'] : undefined
}

/** @throws {WebRequestFailed} where it leads nowhere */
function resolved(location: string, from: URL): URL {
  const next = URL.parse(location, from)
  if (next === null) throw new WebRequestFailed(from, `it redirects to ${location}, which is no URL`)
  // A fragment is the reader's business: without it a circle is seen at once.
  next.hash = ''
  return next
}

async function textOf(url: URL, body: Readable, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) throw new WebRequestFailed(url, `more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
