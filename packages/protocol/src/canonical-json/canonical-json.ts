/**
 * Values to canonical JSON: the bytes that are hashed and signed.
 * Appendices, "Canonical JSON": keys in code point order, no white space, the shortest escapes.
 */
import { codePointCompare } from './code-point-order.ts'
import { JsonError } from './json-error.ts'
import { type JsonObject, type JsonValue, RawNumber } from './json-value.ts'
import { maxJsonDepth } from './parse-json.ts'
import { quoted, quotedKey } from './quoted.ts'

/** Up to this many keys, sorting them by insertion beats the built-in sort; beyond, it would be quadratic. */
const maxInsertionSortKeys = 16

/**
 * Writes `value` as canonical JSON. Object members that are `undefined` are left out; bigints and `RawNumber`s, which only
 * lenient parsing gives, are written with the digits they have.
 *
 * @returns the text; its UTF-8 encoding is what is hashed and signed
 * @throws {JsonError} for numbers that are not integers within ±(2^53 - 1), lone surrogates, cycles, nesting deeper than
 *   `maxJsonDepth`, and anything that is not JSON
 * @example canonicalJson({ b: 1, a: 'é' }) // '{"a":"é","b":1}'
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, 0)
}

/** A member of an object as it stands in the object's canonical JSON: key, colon and value. */
export interface CanonicalMember {
  readonly key: string
  readonly text: string
}

/**
 * The members of an object, in order: for texts of which each has other ones of them, so that none is written twice.
 * @throws {JsonError} as {@link canonicalJson} does for the object
 */
export function canonicalMembers(object: JsonObject): CanonicalMember[] {
  const members: CanonicalMember[] = []
  for (const key of sortedKeys(object)) {
    const member = object[key]
    if (member !== undefined) members.push({ key, text: quotedKey(key) + write(member, 1) })
  }
  return members
}

/** Canonical JSON of an object that has these members. @param members in order */
export function joinMembers(members: readonly CanonicalMember[]): string {
  return `{${members.map(({ text }) => text).join(',')}}`
}

function write(value: JsonValue | undefined, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return writeNumber(value)
    case 'boolean':
    case 'bigint':
      return `${value}`
    case 'object':
      if (value === null) return 'null'
      if (value instanceof RawNumber) return value.source
      if (depth === maxJsonDepth)
        throw new JsonError(`more than ${maxJsonDepth} arrays and objects inside each other, or a cycle`, {
          code: 'too-deep',
        })
      return isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1)
    default:
      throw new JsonError(`${typeof value} is not JSON`, { code: 'not-json' })
  }
}

function writeNumber(value: number): string {
  if (!Number.isSafeInteger(value))
    throw new JsonError(`${value} is not an integer within ±(2^53 - 1)`, { code: 'number' })
  // JavaScript writes safe integers without exponents, and -0 as 0.
  return `${value}`
}

function writeArray(array: readonly JsonValue[], depth: number): string {
  let text = '['
  let separator = ''
  for (const element of array) {
    text += separator + write(element, depth)
    separator = ','
  }
  return `${text}]`
}

function writeObject(object: JsonObject, depth: number): string {
  let text = '{'
  let separator = ''
  for (const key of sortedKeys(object)) {
    const member = object[key]
    if (member === undefined) continue
    text += separator + quotedKey(key)
    text += write(member, depth)
    separator = ','
  }
  return `${text}}`
}

/** The object's own keys by code point. */
function sortedKeys(object: JsonObject): string[] {
  const keys = Object.keys(object)
  if (keys.length > maxInsertionSortKeys) return keys.sort(codePointCompare)
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string
    let at = i
    for (; at > 0 && codePointCompare(keys[at - 1] as string, key) > 0; at--) keys[at] = keys[at - 1] as string
    keys[at] = key
  }
  return keys
}

/** `Array.isArray`, which does not know read-only arrays. */
function isArray(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value)
}
