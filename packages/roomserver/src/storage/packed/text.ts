/**
 * Text that comes back exactly. Databases hold UTF-8, which has no lone surrogates; JSON from other servers may, and two
 * state keys must never become one by that. Such text is kept as its UTF-16 units, marked by being bytes.
 */

/** Text, or the units of text that is not well formed: an odd first byte tells them from packed event IDs. */
export type StoredText = string | Uint8Array

const mark = 0xff

export function toStored(text: string): StoredText {
  if (text.isWellFormed()) return text
  const bytes = Buffer.alloc(3 + text.length * 2, mark)
  bytes.write(text, 3, 'utf16le')
  return bytes
}

export function toText(stored: StoredText): string {
  if (typeof stored === 'string') return stored
  return Buffer.from(stored.buffer, stored.byteOffset + 3, stored.length - 3).toString('utf16le')
}

/** The order in which databases hold text: by its bytes, text that is not well formed last. */
export function compareStored(one: string, other: string): number {
  return Buffer.compare(bytesOf(one), bytesOf(other))
}

function bytesOf(text: string): Uint8Array {
  const stored = toStored(text)
  return typeof stored === 'string' ? Buffer.from(stored) : stored
}
