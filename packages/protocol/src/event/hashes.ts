/**
 * The two hashes of an event and the IDs made of them. Server-server API, "Calculating the content hash for an event",
 * "Calculating the reference hash for an event"; room versions 3, 4 and 12, "Event IDs", "Room IDs".
 */
import {
  type CanonicalMember,
  canonicalJson,
  canonicalMembers,
  type JsonObject,
  joinMembers,
} from '../canonical-json/index.ts'
import type { Crypto } from '../crypto/index.ts'
import { type EventId, encodeBase64, encodeBase64Url, type RoomId } from '../identifiers/index.ts'
import type { RoomVersionRules } from '../room-version/index.ts'
import { redactJson } from './redact.ts'

/** An event's texts: most of each is in the others too. */
export interface EventTexts {
  /** The whole event. */
  readonly canonical: string
  /** As {@link contentHashText} has it. */
  readonly hashed: string
  /** As {@link signedText} has it. */
  readonly signed: string
}

/** @throws {JsonError} as `canonicalJson` does */
export function eventTexts(event: JsonObject, rules: RoomVersionRules): EventTexts {
  const members = canonicalMembers(event)
  const redacted = redactJson(event, rules)
  const hashed: CanonicalMember[] = []
  const signed: CanonicalMember[] = []
  for (const member of members) {
    const { key } = member
    if (key === 'unsigned' || key === 'signatures') continue
    if (key !== 'hashes') hashed.push(member)
    if (!Object.hasOwn(redacted, key)) continue
    if (redacted[key] === event[key]) signed.push(member)
    else signed.push(...canonicalMembers({ [key]: redacted[key] }))
  }
  return { canonical: joinMembers(members), hashed: joinMembers(hashed), signed: joinMembers(signed) }
}

/** The text that the content hash covers: the whole event but for `unsigned`, `signatures` and `hashes`. */
export function contentHashText(event: JsonObject): string {
  return canonicalJson({ ...event, unsigned: undefined, signatures: undefined, hashes: undefined })
}

/** The text that signatures and the reference hash cover: the redacted event but for `unsigned` and `signatures`. */
export function signedText(event: JsonObject, rules: RoomVersionRules): string {
  const redacted = redactJson(event, rules)
  return canonicalJson({ ...redacted, unsigned: undefined, signatures: undefined })
}

/** The content hash as it stands in `hashes.sha256`: unpadded base64. */
export function contentHash(event: JsonObject, crypto: Crypto): string {
  return encodeBase64(crypto.sha256(contentHashText(event)))
}

/** The reference hash: 32 bytes. */
export function referenceHash(event: JsonObject, rules: RoomVersionRules, crypto: Crypto): Uint8Array {
  return crypto.sha256(signedText(event, rules))
}

/**
 * The event ID that a reference hash stands for (room version 3 and later).
 * @param hash the reference hash, 32 bytes
 */
export function eventIdOfHash(hash: Uint8Array, rules: RoomVersionRules): EventId {
  const text = rules.format.eventId === 'hash' ? encodeBase64(hash) : encodeBase64Url(hash)
  return `$${text}` as EventId
}

/** The ID of the room that a create event opens: the event's ID with another sigil (room version 12). */
export function roomIdOfCreate(createEventId: EventId): RoomId {
  return `!${createEventId.slice(1)}` as RoomId
}

/** The ID of the create event that a room ID names (room version 12). */
export function createEventIdOf(roomId: RoomId): EventId {
  return `$${roomId.slice(1)}` as EventId
}
