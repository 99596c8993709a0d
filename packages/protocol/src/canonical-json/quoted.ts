/**
 * Strings as canonical JSON writes them.
 * Appendices, "Canonical JSON", "Grammar": `char`, `unescaped`, `escaped`.
 */
import { JsonError } from './json-error.ts'

/**
 * What cannot stand in quotes as it is: everything but the grammar's `unescaped`. Of the code points beyond U+FFFF the
 * pattern sees two surrogates; those strings get a second look.
 */
const needsEscape = /[^\u0020-\u0021\u0023-\u005b\u005d-\ud7ff\ue000-\uffff]/

/** Events share a few dozen keys; a room's own keys come on top. */
const maxRememberedKeys = 1024
const maxRememberedKeyLength = 64

/** Keys that were written before, quoted, with their colon. */
const rememberedKeys = new Map<string, string>()

/**
 * `string` in quotes. JavaScript's escapes are those of canonical JSON: `\b \t \n \f \r \" \\`, else `\u00xx` in lower
 * case.
 * @throws {JsonError} `lone-surrogate`
 */
export function quoted(string: string): string {
  if (!needsEscape.test(string)) return `"${string}"`
  if (!string.isWellFormed()) throw new JsonError('a string with half of a surrogate pair', { code: 'lone-surrogate' })
  return JSON.stringify(string)
}

/** `key` in quotes and a colon. Remembered, which makes writing an event a sixth faster. */
export function quotedKey(key: string): string {
  return rememberedKeys.get(key) ?? remembered(key, `${quoted(key)}:`)
}

function remembered(key: string, written: string): string {
  if (key.length > maxRememberedKeyLength) return written
  // Starting over is rare for honest rooms, and someone who sends ever new keys cannot push the common ones out for long.
  if (rememberedKeys.size >= maxRememberedKeys) rememberedKeys.clear()
  rememberedKeys.set(key, written)
  return written
}
