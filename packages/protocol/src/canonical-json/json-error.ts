/**
 * What reading and writing JSON can refuse. Callers turn it into `M_BAD_JSON`, `M_NOT_JSON` or a dropped event.
 */

/** How much of a key or number a message repeats: it may be as long as the text. */
const maxExcerptCharacters = 40

/** Why JSON was refused. Stable names, for tests, logs and metrics. */
export type JsonErrorCode =
  /** Not JSON at all. */
  | 'syntax'
  /** Bytes that are not UTF-8. */
  | 'utf-8'
  /** More bytes than the caller allows. */
  | 'too-large'
  /** More arrays and objects inside each other than `maxJsonDepth`, or a cycle in what is to be written. */
  | 'too-deep'
  /** One key twice in one object. */
  | 'duplicate-key'
  /** Half of a surrogate pair, which UTF-8 cannot encode. */
  | 'lone-surrogate'
  /** A number that canonical JSON does not have: fraction, exponent, `-0`, beyond ±(2^53 - 1). */
  | 'number'
  /** Something to be written that JSON does not have, such as `undefined` in an array. */
  | 'not-json'

/** What a `JsonError` knows besides its message. */
export interface JsonErrorDetails {
  readonly code: JsonErrorCode
  readonly offset?: number
  readonly cause?: unknown
}

/** JSON that was refused, with the place in the text where that is known. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
  readonly code: JsonErrorCode
  /** Index into the text in UTF-16 code units; undefined where no single place is at fault, and in writing. */
  readonly offset: number | undefined

  constructor(message: string, details: JsonErrorDetails) {
    const { code, offset, cause } = details
    super(offset === undefined ? message : `${message} at ${offset}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.offset = offset
  }
}

/** The beginning of something too long for a message. */
export function excerpt(text: string): string {
  return text.length <= maxExcerptCharacters ? text : `${text.slice(0, maxExcerptCharacters)}…`
}
