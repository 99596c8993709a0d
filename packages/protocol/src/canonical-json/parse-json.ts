/**
 * JSON text to values, refusing whatever two servers might read differently.
 * Appendices, "Canonical JSON"; room versions 6 and later enforce it (strict), 1 to 5 do not (lenient).
 */
import { utf8Length } from '../identifiers/index.ts'
import { JsonError } from './json-error.ts'
import { JsonReader } from './json-reader.ts'
import type { JsonValue } from './json-value.ts'
import type { JsonMode } from './number-token.ts'

/**
 * How many arrays and objects may stand inside each other. Far above what events use (about ten), far below what
 * reading and writing by recursion can overflow the stack with.
 */
export const maxJsonDepth = 512

/** What `parseJson` lets through. */
export interface ParseOptions {
  /** Which numbers are accepted. */
  readonly mode: JsonMode
  /** Arrays and objects inside each other, at most; `maxJsonDepth` unless told, which it cannot exceed. */
  readonly maxDepth?: number
  /** The length of the text in bytes of UTF-8, at most; no limit unless told. */
  readonly maxBytes?: number
}

// A byte order mark is kept so that the reader sees it and refuses it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const loneSurrogate = /\p{Surrogate}/u

/**
 * Reads a JSON text, in time linear in its length.
 *
 * Both modes refuse duplicate keys, lone surrogates, invalid UTF-8, byte order marks and deep nesting. Room versions
 * 1 to 5 do not ask for that, but there other servers differ: which of two values counts, what a half character
 * becomes. An event they read differently would have different hashes and different effects. Strict mode refuses, besides,
 * every number that canonical JSON does not have. Objects in the result inherit nothing.
 *
 * @param text the JSON as a string or as UTF-8
 * @throws {JsonError} when it is refused
 * @example parseJson('{"depth":1}', { mode: 'strict' }) // { depth: 1 }
 */
export function parseJson(text: string | Uint8Array, options: ParseOptions): JsonValue {
  const { mode, maxDepth = maxJsonDepth, maxBytes } = options
  if (maxDepth > maxJsonDepth) throw new RangeError(`maxDepth is ${maxDepth}, more than ${maxJsonDepth}`)
  if (maxBytes !== undefined) checkSize(text, maxBytes)
  return new JsonReader(typeof text === 'string' ? wellFormed(text) : decoded(text), mode, maxDepth).readDocument()
}

function checkSize(text: string | Uint8Array, maxBytes: number): void {
  const bytes = typeof text === 'string' ? utf8Length(text) : text.byteLength
  if (bytes > maxBytes) throw new JsonError(`the JSON has ${bytes} bytes, more than ${maxBytes}`, { code: 'too-large' })
}

function wellFormed(text: string): string {
  if (text.isWellFormed()) return text
  throw new JsonError('half of a surrogate pair', { code: 'lone-surrogate', offset: text.search(loneSurrogate) })
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new JsonError('the bytes are not UTF-8', { code: 'utf-8', cause })
  }
}
