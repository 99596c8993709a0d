/**
 * Calls of endpoints: signed, sent, and their answers checked before anyone sees them. Server-server API, "API standards", "Request
 * Authentication".
 */
import {
  type Crypto,
  isJsonObject,
  JsonError,
  type JsonObject,
  type JsonValue,
  parseJson,
  type ServerName,
  type Signer,
} from '@neurite/protocol'
import { fits, misfit } from '@neurite/roomserver/inthttp'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { Static, TSchema } from 'typebox'
import {
  type FederationTransport,
  type IncomingAnswer,
  MalformedAnswer,
  maxErrorBytes,
  mediaTypeOf,
  RequestFailed,
  RequestRefused,
  readLists,
  readText,
  retryAfterOf,
  type TakeElement,
  TooLarge,
} from '../transport/index.ts'
import type { Call, Endpoint, JsonEndpoint, ListEndpoint } from './endpoint.ts'
import { pathOf } from './path.ts'
import { authorizationOf } from './request-signature.ts'

export interface CallerParts {
  readonly transport: FederationTransport
  /** The key that requests are signed with, as it is at the moment. */
  readonly signer: () => Signer
  readonly crypto: Crypto
  readonly runtime: Runtime
}

export class Caller {
  readonly #parts: CallerParts

  constructor(parts: CallerParts) {
    this.#parts = parts
  }

  /** Calls an endpoint whose answer is read whole. @throws see {@link open}; {MalformedAnswer} */
  async json<S extends TSchema>(
    server: ServerName,
    endpoint: JsonEndpoint<S>,
    call: Call,
    signal?: AbortSignal,
  ): Promise<Static<S>> {
    const answer = await this.open(server, endpoint, call, signal)
    try {
      checkIsJson(server, endpoint, answer)
      const value = parsed(server, endpoint, await readText(answer, endpoint.limits.maxBytes))
      if (fits(endpoint.answer, value)) return value
      throw new MalformedAnswer(server, endpoint.name, misfit(endpoint.answer, value))
    } finally {
      answer.close()
    }
  }

  /**
   * Calls an endpoint whose answer has long lists.
   * @param take is handed every element as it comes in, also where the answer breaks off later
   * @returns the other wanted keys, as text
   * @throws see {@link open}; {MalformedAnswer}
   */
  async lists(
    server: ServerName,
    endpoint: ListEndpoint,
    call: Call,
    take: TakeElement,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const answer = await this.open(server, endpoint, call, signal)
    try {
      checkIsJson(server, endpoint, answer)
      return await readLists(answer, { server, ...endpoint }, take, this.#parts.runtime.timers)
    } finally {
      answer.close()
    }
  }

  /**
   * Calls an endpoint. The answer is a good one (2xx), and the caller's to read and to close.
   * @throws {RequestRefused} where the server says no; {RemoteServerError} where there is no usable answer; the signal's reason
   */
  async open(server: ServerName, endpoint: Endpoint, call: Call, signal?: AbortSignal): Promise<IncomingAnswer> {
    const { transport } = this.#parts
    const { name, method, limits, isUnrepeatable = false } = endpoint
    const path = pathOf(endpoint.path, call.path, call.query)
    const headers = {
      accept: 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(endpoint.isPublic ? {} : { authorization: this.#authorization(server, method, path, call.body) }),
    }
    const body = call.body === undefined ? {} : { body: call.body }
    const request = { server, endpoint: name, method, path, headers, limits, isRepeatable: !isUnrepeatable, ...body }
    const answer = await transport.open(request, signal)
    if (answer.status >= 200 && answer.status < 300) return answer
    try {
      throw await this.#failure(server, endpoint, answer)
    } finally {
      answer.close()
    }
  }

  #authorization(destination: ServerName, method: string, uri: string, content: string | undefined): string {
    const { signer, crypto } = this.#parts
    return authorizationOf({ method, uri, destination, content }, signer(), crypto)
  }

  async #failure(server: ServerName, { name }: Endpoint, answer: IncomingAnswer): Promise<Error> {
    const { status, headers } = answer
    const body = await errorBodyOf(answer)
    const isNo = status >= 400 && status < 500 && status !== 408 && status !== 429
    if (isNo && body !== undefined) return new RequestRefused(server, name, status, body)
    const { errcode, retry_after_ms: wait } = body ?? {}
    const retryAfter =
      retryAfterOf(headers, this.#parts.runtime.clock.now()) ?? (typeof wait === 'number' ? wait : undefined)
    const problem = `status ${status}${typeof errcode === 'string' ? ` ${errcode}` : ''}`
    return new RequestFailed(server, name, 'refused', problem, {
      status,
      ...(typeof errcode === 'string' ? { errcode } : {}),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    })
  }
}

/** The answer must say that it is JSON: a page for people is none of ours. One that says nothing is read all the same. */
function checkIsJson(server: ServerName, { name }: Endpoint, { headers, status }: IncomingAnswer): void {
  const type = mediaTypeOf(headers)
  if (type !== '' && type !== 'application/json')
    throw new MalformedAnswer(server, name, `an answer of type ${type}`, { status })
  const coding = headers['content-encoding'] ?? 'identity'
  if (coding.toLowerCase() !== 'identity')
    throw new MalformedAnswer(server, name, `an answer compressed by ${coding}, which it was not asked for`, { status })
}

function parsed(server: ServerName, { name }: Endpoint, text: string): JsonValue {
  try {
    return parseJson(text, { mode: 'lenient' })
  } catch (cause) {
    if (cause instanceof JsonError) throw new MalformedAnswer(server, name, cause.message, { cause })
    throw cause
  }
}

/** The object that an error comes with; undefined where it comes with something else. */
async function errorBodyOf(answer: IncomingAnswer): Promise<JsonObject | undefined> {
  try {
    const value = parseJson(await readText(answer, maxErrorBytes), { mode: 'lenient' })
    return isJsonObject(value) ? value : undefined
  } catch (error) {
    if (error instanceof JsonError || error instanceof TooLarge) return undefined
    throw error
  }
}
