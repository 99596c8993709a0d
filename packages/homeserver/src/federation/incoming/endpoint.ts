/**
 * Endpoints that other servers ask, as data: where they are, whether they must show who they are, and what is answered. routes.ts makes
 * routes of them.
 */
import type { Readable } from 'node:stream'
import { isJsonObject, type JsonObject, type JsonValue, type ServerName } from '@neurite/protocol'
import type { IncomingContext } from './context.ts'
import { badJson, invalid, missing } from './errors.ts'

/** A request whose sender is known, where the endpoint asks for that. */
export interface EndpointRequest {
  /** Who asks; empty on public endpoints. */
  readonly origin: ServerName
  /** Parts of the path by the names in the template, unescaped. */
  readonly path: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** The body as lenient JSON, with all digits of its numbers; undefined where there is none. */
  readonly body: JsonValue | undefined
  /** Aborted when the other server goes away. */
  readonly signal: AbortSignal
}

/** JSON text that is put together already: events are not read again to be written. */
export class JsonText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Bytes of some other kind. */
export interface Bytes {
  readonly contentType: string
  readonly stream: Readable
}

export type Answer = Readonly<Record<string, unknown>> | JsonText | { readonly bytes: Bytes }

export interface Endpoint {
  readonly method: 'GET' | 'PUT' | 'POST'
  /** As the specification writes it, with names in braces. */
  readonly path: string
  /** Anyone may ask, without showing who they are. */
  readonly isPublic?: true
  /** Bytes of the body; absent: {@link defaultBodyLimit}. */
  readonly bodyLimit?: number
  readonly answer: (request: EndpointRequest, context: IncomingContext) => Promise<Answer> | Answer
}

/** A request about one event, a query or a list of keys. */
export const defaultBodyLimit = 1024 * 1024

/** The body, which must be an object. @throws {FederationError} `M_BAD_JSON` */
export function objectOf({ body }: Pick<EndpointRequest, 'body'>): JsonObject {
  if (isJsonObject(body)) return body
  throw badJson('the body must be a JSON object')
}

/** A parameter that must be there. @throws {FederationError} `M_MISSING_PARAM` */
export function required({ query }: Pick<EndpointRequest, 'query'>, name: string): string {
  const value = query.get(name)
  if (value === null || value === '') throw missing(name)
  return value
}

/** A whole number. @throws {FederationError} `M_INVALID_PARAM` where it is none */
export function wholeNumber(text: string | null, name: string): number | undefined {
  if (text === null) return undefined
  const value = Number(text)
  if (/^-?[0-9]+$/.test(text) && Number.isSafeInteger(value)) return value
  throw invalid(`${name} is no whole number`)
}

/** A list of strings, which may be left out. @throws {FederationError} `M_BAD_JSON` where it is something else */
export function strings(value: JsonValue | undefined, name: string, most: number): string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value) && value.length <= most && value.every(one => typeof one === 'string')) return [...value]
  throw badJson(`${name} must be a list of at most ${most} strings`)
}

/** An object, which may be left out. */
export function optionalObject(value: JsonValue | undefined, name: string): JsonObject {
  if (value === undefined || value === null) return {}
  if (isJsonObject(value)) return value
  throw badJson(`${name} must be an object`)
}

/** The text of an object whose members are texts already. */
export function jsonText(members: Readonly<Record<string, string | undefined>>): JsonText {
  const parts = Object.entries(members).flatMap(([name, text]) =>
    text === undefined ? [] : [`${JSON.stringify(name)}:${text}`],
  )
  return new JsonText(`{${parts.join(',')}}`)
}

/** The text of a list of events. */
export function listOf(pdus: readonly string[]): string {
  return `[${pdus.join(',')}]`
}
