/**
 * The order of strings by code point, which is also the order of their UTF-8 bytes.
 * Appendices, "Canonical JSON" (order of keys); room versions, "State resolution" (ties between event IDs).
 */

const firstSurrogate = 0xd800
const afterSurrogates = 0xe000

/**
 * Compares two strings by code point: negative when `a` comes first, positive when `b` does, 0 when they are equal.
 *
 * JavaScript's own `<` compares UTF-16 code units, where the surrogates of U+10000 and above come before U+E000.
 *
 * @example ['\u{1F600}', '\uE000'].sort(codePointCompare) // ['\uE000', '\u{1F600}']
 */
export function codePointCompare(a: string, b: string): number {
  const common = Math.min(a.length, b.length)
  for (let i = 0; i < common; i++) {
    const unitOfA = a.charCodeAt(i)
    const unitOfB = b.charCodeAt(i)
    if (unitOfA !== unitOfB) return rank(unitOfA) - rank(unitOfB)
  }
  return a.length - b.length
}

/** A code unit's place in the order of code points: surrogates stand for code points above all other units. */
function rank(unit: number): number {
  const isSurrogate = unit >= firstSurrogate && unit < afterSurrogates
  return isSurrogate ? unit + 0x10000 : unit
}
