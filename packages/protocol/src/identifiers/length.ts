/**
 * Lengths in UTF-8 bytes, counted without encoding anything.
 * Appendices, "Identifier Grammar": identifiers, event types and state keys are limited in bytes, not in characters.
 */

/** The longest user ID, room ID, room alias, event ID, event type or state key, in bytes, sigil and domain included. */
export const maxIdentifierBytes = 255

/** One UTF-16 code unit is at most three bytes of UTF-8 (a surrogate pair is two units and four bytes). */
const maxBytesPerCodeUnit = 3

/** The length of `text` in bytes when encoded as UTF-8; a lone surrogate counts three. Nothing is encoded or allocated. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** Whether `text` takes at most `limit` bytes of UTF-8. Decided by the number of code units alone where that suffices. */
export function fitsInBytes(text: string, limit: number): boolean {
  if (text.length > limit) return false
  if (text.length * maxBytesPerCodeUnit <= limit) return true
  return utf8Length(text) <= limit
}
