/**
 * Event IDs as rows hold them. Since room version 4 an event ID is `$` and 32 bytes in URL-safe base64: those are kept as
 * bytes, in two parts, the first of which alone is indexed. Whatever else (older versions, anything that would not come back
 * the same) is kept as text, whole and indexed.
 */
import type { StoredText } from './text.ts'
import { toStored, toText } from './text.ts'

/** The part that is looked up: 8 bytes, or the whole ID. */
export type IdHead = StoredText
/** What follows the head: 24 bytes, or nothing. */
export type IdTail = Uint8Array | null

const headBytes = 8
/** 43 characters are 258 bits; of the last only four may be set, or the ID would not come back the same. */
const fromHash = /^\$[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/
/** A text head is longer than this, or has another form: the two never meet. */
const encodedBytes = 32

export function isHash(eventId: string): boolean {
  return eventId.length === 44 && fromHash.test(eventId)
}

/** The ID's 32 bytes; only for those that are hashes. */
export function hashBytes(eventId: string): Uint8Array {
  return Buffer.from(eventId.slice(1), 'base64url')
}

export function splitEventId(eventId: string): [IdHead, IdTail] {
  if (!isHash(eventId)) return [toStored(eventId), null]
  const bytes = hashBytes(eventId)
  return [bytes.subarray(0, headBytes), bytes.subarray(headBytes)]
}

export function joinEventId(head: IdHead, tail: IdTail): string {
  if (tail === null) return toText(head)
  const bytes = Buffer.allocUnsafe(encodedBytes)
  bytes.set(head as Uint8Array, 0)
  bytes.set(tail, headBytes)
  return `$${bytes.toString('base64url')}`
}

/** In one piece, for tables where it is not the key of a large index. */
export function packEventId(eventId: string): StoredText {
  return isHash(eventId) ? hashBytes(eventId) : toStored(eventId)
}

export function unpackEventId(stored: StoredText): string {
  if (typeof stored === 'string' || stored.length !== encodedBytes) return toText(stored)
  return `$${Buffer.from(stored.buffer, stored.byteOffset, stored.length).toString('base64url')}`
}
