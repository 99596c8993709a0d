/**
 * The reader behind `parseJson`: one pass over the text, one method for each kind of value (RFC 8259, sections 2 to 7).
 * `JSON.parse` will not do: it takes the last of two equal keys, `1.0` for `1`, and its objects inherit `constructor`.
 */
import { BareObject } from './bare-object.ts'
import { excerpt, JsonError, type JsonErrorCode } from './json-error.ts'
import type { JsonObject, JsonValue } from './json-value.ts'
import { type JsonMode, lenientNumber, type NumberValue, numberTokenAt, strictNumber } from './number-token.ts'

const quote = 0x22
const comma = 0x2c
const point = 0x2e
const zero = 0x30
const nine = 0x39
const colon = 0x3a
const upperE = 0x45
const openingBracket = 0x5b
const backslash = 0x5c
const closingBracket = 0x5d
const lowerE = 0x65
const lowerF = 0x66
const lowerN = 0x6e
const lowerT = 0x74
const openingBrace = 0x7b
const closingBrace = 0x7d
/** The lowest code that a string may contain unescaped. */
const space = 0x20

/**
 * V8 copies slices shorter than this and makes longer ones keep the text they were cut from, so that one user ID in a
 * cache would hold the whole response it came in. Longer strings are therefore read by `JSON.parse`, which copies.
 */
const minSharedSliceLength = 13

/** Integers of so many digits are below 2^53. */
const maxPlainDigits = 15

/** Reads one text, which has no lone surrogates. Made for one use. */
export class JsonReader {
  readonly #text: string
  readonly #mode: JsonMode
  readonly #maxDepth: number
  #position = 0

  constructor(text: string, mode: JsonMode, maxDepth: number) {
    this.#text = text
    this.#mode = mode
    this.#maxDepth = maxDepth
  }

  /** The one value that the text consists of. */
  readDocument(): JsonValue {
    const value = this.#readValue(0)
    this.#skipWhiteSpace()
    if (this.#position < this.#text.length) throw this.#unexpected()
    return value
  }

  #readValue(depth: number): JsonValue {
    switch (this.#skipWhiteSpace()) {
      case quote:
        return this.#readString()
      case openingBrace:
        return this.#readObject(depth + 1)
      case openingBracket:
        return this.#readArray(depth + 1)
      case lowerT:
        return this.#readLiteral('true', true)
      case lowerF:
        return this.#readLiteral('false', false)
      case lowerN:
        return this.#readLiteral('null', null)
      default:
        return this.#readNumber()
    }
  }

  #readObject(depth: number): JsonObject {
    this.#checkDepth(depth)
    const object = new BareObject()
    this.#position++
    if (this.#skipWhiteSpace() === closingBrace) {
      this.#position++
      return object
    }
    for (;;) {
      if (this.#skipWhiteSpace() !== quote) throw this.#unexpected()
      const keyStart = this.#position
      const key = this.#readKey()
      if (object[key] !== undefined)
        throw this.#refusal('duplicate-key', `the key ${JSON.stringify(excerpt(key))} a second time`, keyStart)
      if (this.#skipWhiteSpace() !== colon) throw this.#unexpected()
      this.#position++
      object[key] = this.#readValue(depth)
      if (this.#isLast(closingBrace)) return object
    }
  }

  #readArray(depth: number): JsonValue[] {
    this.#checkDepth(depth)
    const array: JsonValue[] = []
    this.#position++
    if (this.#skipWhiteSpace() === closingBracket) {
      this.#position++
      return array
    }
    for (;;) {
      array.push(this.#readValue(depth))
      if (this.#isLast(closingBracket)) return array
    }
  }

  /** Steps over what follows a member: false for a comma, true for the bracket that closes the array or object. */
  #isLast(closing: number): boolean {
    const unit = this.#skipWhiteSpace()
    if (unit !== comma && unit !== closing) throw this.#unexpected()
    this.#position++
    return unit === closing
  }

  /** A key. As a property name it is stored apart from the text, so it need not be copied. */
  #readKey(): string {
    const text = this.#text
    const start = this.#position + 1
    for (let end = start; ; end++) {
      const unit = text.charCodeAt(end)
      if (unit === quote) {
        this.#position = end + 1
        return text.slice(start, end)
      }
      if (unit === backslash || !(unit >= space)) return this.#readString()
    }
  }

  #readString(): string {
    const start = this.#position + 1
    const end = this.#closingQuote(start)
    const isPlain = end - start < minSharedSliceLength && this.#needsNoDecoding(start, end)
    const string = isPlain ? this.#text.slice(start, end) : this.#decodeString(start, end)
    this.#position = end + 1
    return string
  }

  /** The first quote from `start` on that no backslash escapes. */
  #closingQuote(start: number): number {
    for (let end = this.#text.indexOf('"', start); end >= 0; end = this.#text.indexOf('"', end + 1)) {
      let backslashes = 0
      while (this.#text.charCodeAt(end - 1 - backslashes) === backslash) backslashes++
      if (backslashes % 2 === 0) return end
    }
    this.#position = this.#text.length
    throw this.#unexpected()
  }

  #needsNoDecoding(start: number, end: number): boolean {
    for (let i = start; i < end; i++) {
      const unit = this.#text.charCodeAt(i)
      if (unit === backslash || unit < space) return false
    }
    return true
  }

  #decodeString(start: number, end: number): string {
    const string = this.#parseStringToken(start - 1, end + 1)
    // Escapes make a string shorter. Without any, it is as well-formed as the text.
    if (string.length !== end - start && !string.isWellFormed())
      throw this.#refusal('lone-surrogate', 'a string with half of a surrogate pair', start - 1)
    return string
  }

  #parseStringToken(start: number, end: number): string {
    try {
      return JSON.parse(this.#text.slice(start, end))
    } catch (cause) {
      throw new JsonError('a string with a control character or a malformed escape', {
        code: 'syntax',
        offset: start,
        cause,
      })
    }
  }

  /** Short runs of digits are read here, all other numbers by the rules of the mode. */
  #readNumber(): NumberValue {
    const text = this.#text
    const start = this.#position
    let end = start
    let value = 0
    let unit = text.charCodeAt(end)
    while (unit >= zero && unit <= nine) {
      value = value * 10 + (unit - zero)
      unit = text.charCodeAt(++end)
    }
    const digits = end - start
    const startsWithZero = text.charCodeAt(start) === zero && digits > 1
    const isPlain = digits > 0 && digits <= maxPlainDigits && !startsWithZero
    if (!isPlain || unit === point || unit === lowerE || unit === upperE) return this.#readUnusualNumber(start)
    this.#position = end
    return value
  }

  #readUnusualNumber(start: number): NumberValue {
    const token = numberTokenAt(this.#text, start)
    if (token === undefined) throw this.#unexpected()
    this.#position = start + token.length
    return this.#mode === 'strict' ? strictNumber(token, start) : lenientNumber(token)
  }

  #readLiteral<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#position)) throw this.#unexpected()
    this.#position += word.length
    return value
  }

  /** The code unit at the next position that is not white space; NaN at the end. */
  #skipWhiteSpace(): number {
    let unit = this.#text.charCodeAt(this.#position)
    while (unit === space || unit === 0x0a || unit === 0x0d || unit === 0x09)
      unit = this.#text.charCodeAt(++this.#position)
    return unit
  }

  #checkDepth(depth: number): void {
    if (depth > this.#maxDepth)
      throw this.#refusal('too-deep', `more than ${this.#maxDepth} arrays and objects inside each other`)
  }

  #unexpected(): JsonError {
    const codePoint = this.#text.codePointAt(this.#position)
    if (codePoint === undefined) return this.#refusal('syntax', 'unexpected end of the text')
    return this.#refusal('syntax', `unexpected U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`)
  }

  #refusal(code: JsonErrorCode, message: string, offset = this.#position): JsonError {
    return new JsonError(message, { code, offset })
  }
}
