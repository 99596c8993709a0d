/**
 * Numbers as they stand in JSON text. Strict: the integers of canonical JSON, in the one way it writes them. Lenient:
 * every number, none of them changed. Appendices, "Canonical JSON".
 */
import { excerpt, JsonError } from './json-error.ts'
import { RawNumber } from './json-value.ts'

/** Whether numbers outside canonical JSON are refused (room versions 6 and later) or kept (1 to 5). */
export type JsonMode = 'strict' | 'lenient'

/** What a number token stands for. Strict mode has plain numbers only. */
export type NumberValue = number | bigint | RawNumber

/**
 * Longer integers stay text. The longest that means anything is a `depth` of 19 digits; turning digits into a bigint
 * takes more than linear time, which is nothing at this length and would be a weapon at 60,000.
 */
const maxBigIntCharacters = 400

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const integerPattern = /^-?[0-9]+$/
/** `1e10`, `1E+10`: an integer whatever the digits. `10e-1` is not among them, since rounding could hide a fraction. */
const integerWithExponentPattern = /^-?[0-9]+[eE]\+?[0-9]+$/

/** The number token that begins at `start`, or `undefined` when none does. */
export function numberTokenAt(text: string, start: number): string | undefined {
  numberPattern.lastIndex = start
  return numberPattern.exec(text)?.[0]
}

/**
 * The integer that `token` is, where canonical JSON has it.
 * @throws {JsonError} `number`, for a fraction, an exponent, `-0` or an integer beyond ±(2^53 - 1)
 */
export function strictNumber(token: string, offset: number): number {
  const refuse = (why: string) => new JsonError(`${excerpt(token)} ${why}`, { code: 'number', offset })
  if (!integerPattern.test(token)) throw refuse('has a fraction or an exponent')
  if (token === '-0') throw refuse('is negative zero')
  const value = Number(token)
  if (!Number.isSafeInteger(value)) throw refuse('is beyond ±(2^53 - 1)')
  return value
}

/**
 * `token` as a value that `canonicalJson` writes with the same meaning, digit for digit where JavaScript numbers would
 * lose some: a number for the integers up to ±(2^53 - 1), `-0` and `1e10` included (the specification's test vector);
 * a bigint for larger ones; a `RawNumber` for all else: `1.0`, `1e-3`, `1e400`, integers of more than 400 characters.
 */
export function lenientNumber(token: string): NumberValue {
  const isInteger = integerPattern.test(token)
  if (isInteger || integerWithExponentPattern.test(token)) {
    const value = Number(token)
    // Adding 0 turns -0 into 0.
    if (Number.isSafeInteger(value)) return value + 0
  }
  return isInteger && token.length <= maxBigIntCharacters ? BigInt(token) : new RawNumber(token)
}
