/**
 * Building events: from what a sender wants to a hashed and signed PDU in the form of its room version. Room version pages, "Event
 * format"; server-server API, "Adding hashes and signatures to outgoing events".
 */
import { canonicalJson, type JsonObject, type JsonValue } from '../canonical-json/index.ts'
import type { Crypto } from '../crypto/index.ts'
import { type EventId, encodeBase64, type UserId } from '../identifiers/index.ts'
import type { RoomVersionRules } from '../room-version/index.ts'
import { referenceHash } from './hashes.ts'
import { readOwnPdu } from './read-pdu.ts'
import type { RoomEvent } from './room-event.ts'
import { hashAndSign, type Signer } from './sign.ts'

/** A prev or auth event of an event that is being built. */
export interface EventReference {
  readonly eventId: EventId
  /** Its reference hash, unpadded base64: for room versions whose references are pairs. */
  readonly hash?: string
}

/** What an event is made of. */
export interface EventParts {
  /** Of the create event of a room whose ID is its hash: not looked at. */
  readonly roomId: string
  readonly type: string
  readonly sender: UserId
  /** State events only. */
  readonly stateKey?: string | undefined
  readonly content: JsonObject
  /** The event that a redaction names. */
  readonly redacts?: string | undefined
  readonly prevEvents: readonly EventReference[]
  readonly authEvents: readonly EventReference[]
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly depth: number | bigint
  /** The part of the event ID before the server name: for room versions whose events have their ID in a field. */
  readonly idLocalpart: string
}

/** An event, and its JSON text in federation form. */
export interface BuiltEvent {
  readonly event: RoomEvent
  readonly pdu: string
}

/** The event without hashes and signatures, as `make_join` and its like hand it out. */
export function unsignedEvent(parts: EventParts, rules: RoomVersionRules, server: string): JsonObject {
  const { type, sender, stateKey, prevEvents, authEvents, timestamp, idLocalpart } = parts
  const namesTheRoom = type === 'm.room.create' && rules.auth.createImpliedByRoomId
  return {
    ...{ type, sender, state_key: stateKey, origin_server_ts: timestamp },
    ...withRedaction(parts, rules),
    room_id: namesTheRoom ? undefined : parts.roomId,
    event_id: rules.format.eventId === 'field' ? `$${idLocalpart}:${server}` : undefined,
    depth: depthWithin(parts.depth, rules),
    prev_events: prevEvents.map(event => referenceJson(event, rules)),
    auth_events: authEvents.map(event => referenceJson(event, rules)),
  }
}

/** @throws PduError where what comes out is no event: too large, a wrong identifier */
export function buildEvent(parts: EventParts, signer: Signer, rules: RoomVersionRules, crypto: Crypto): BuiltEvent {
  const { json, signedText } = hashAndSign(unsignedEvent(parts, rules, signer.server), signer, rules, crypto)
  const pdu = canonicalJson(json)
  return { pdu, event: readOwnPdu(pdu, signedText, rules, crypto) }
}

/** How to refer to an event from one of the same room. */
export function referenceTo({ eventId, json, rules }: RoomEvent, crypto: Crypto): EventReference {
  if (rules.format.references === 'ids') return { eventId }
  return { eventId, hash: encodeBase64(referenceHash(json, rules, crypto)) }
}

/** One more than the deepest of the events that it builds on; a lie about depth ends at the greatest that is allowed. */
export function depthAfter(prevDepths: Iterable<number | bigint>, { format }: RoomVersionRules): number | bigint {
  let deepest: number | bigint = 0
  for (const depth of prevDepths) if (depth > deepest) deepest = depth
  if (deepest >= format.maxDepth) return format.maxDepth
  return typeof deepest === 'bigint' ? deepest + 1n : deepest + 1
}

function withRedaction({ content, redacts }: EventParts, { format }: RoomVersionRules): JsonObject {
  if (redacts === undefined) return { content }
  return format.redacts === 'content' ? { content: { ...content, redacts } } : { content, redacts }
}

function referenceJson({ eventId, hash }: EventReference, { format }: RoomVersionRules): JsonValue {
  if (format.references === 'ids') return eventId
  if (hash === undefined) throw new RangeError(`a reference to ${eventId} needs its hash in this room version`)
  return [eventId, { sha256: hash }]
}

/** JSON numbers of ours are exact up to 2^53 - 1; deeper only a lying event is. */
function depthWithin(depth: number | bigint, { format }: RoomVersionRules): number {
  const limit = format.maxDepth < BigInt(Number.MAX_SAFE_INTEGER) ? format.maxDepth : BigInt(Number.MAX_SAFE_INTEGER)
  return Number(depth > limit ? limit : depth)
}
