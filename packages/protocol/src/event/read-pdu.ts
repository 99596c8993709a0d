/**
 * From bytes to an event: JSON, form, sizes, ID and content hash. Server-server API, "Checks performed on receipt of a
 * PDU", 1 and the hash of 3; room version pages, "Event format", "Event IDs".
 */
import { isJsonObject, JsonError, type JsonObject, type JsonValue, parseJson } from '../canonical-json/index.ts'
import type { Crypto } from '../crypto/index.ts'
import {
  type EventId,
  encodeBase64,
  fitsInBytes,
  isEventId,
  isEventIdOfFormat,
  isRoomId,
  isUserId,
  type RoomId,
  utf8Length,
} from '../identifiers/index.ts'
import type { RoomVersionRules } from '../room-version/index.ts'
import { type EventTexts, eventIdOfHash, eventTexts, roomIdOfCreate } from './hashes.ts'
import { maxAuthEvents, maxEventBytes, maxKeyBytes, maxPrevEvents } from './limits.ts'
import { PduError } from './pdu-error.ts'
import { RoomEvent, redactionTarget } from './room-event.ts'

/** An event as received, and whether its content is what its sender hashed. */
export interface ReceivedPdu {
  readonly event: RoomEvent
  /**
   * False: the content is not what was hashed. Such an event goes on in its redacted form (check 3), see
   * {@link RoomEvent.redacted}.
   */
  readonly contentHashMatches: boolean
}

/** How strictly to read. */
export interface ReadOptions {
  /**
   * Whether the limits of 20 prev events and 10 auth events hold. They do everywhere but in answers to `/backfill`,
   * where old events may have more.
   */
  readonly referenceLimits?: boolean
  /**
   * Whether an event with a long type or state key is let through where the room version gives it a place in the graph, see
   * {@link hasLongKeys}. It is not, unless asked for: nobody is to make one.
   */
  readonly longKeys?: boolean
}

/**
 * Reads an event as it comes from another server.
 * @param input JSON text, its bytes, or an object that this library's `parseJson` made in the version's mode
 * @throws {PduError} where the input is no event of this room version
 */
export function readPdu(
  input: string | Uint8Array | JsonObject,
  rules: RoomVersionRules,
  crypto: Crypto,
  options: ReadOptions = {},
): ReceivedPdu {
  const json = withoutForeignEventId(toObject(input, rules), rules)
  const form = readForm(json, rules, options)
  const texts = writtenAs(() => eventTexts(json, rules))
  refuseTooLarge(utf8Length(texts.canonical))

  // The event's strings are parts of the text that came: where that is canonical it is not kept twice.
  const canonical = input === texts.canonical ? input : texts.canonical
  const event = eventOf(json, form, { ...texts, canonical }, rules, crypto)
  return { event, contentHashMatches: encodeBase64(crypto.sha256(texts.hashed)) === trimPadding(form.contentHash) }
}

/**
 * Reads an event that was just hashed and signed here: as {@link readPdu}, without hashing what is known.
 * @param pdu canonical JSON
 * @param signed the text that its signature covers
 * @throws {PduError} where it is no event of this room version
 */
export function readOwnPdu(pdu: string, signed: string, rules: RoomVersionRules, crypto: Crypto): RoomEvent {
  const json = toObject(pdu, rules)
  const form = readForm(json, rules, {})
  refuseTooLarge(utf8Length(pdu))
  return eventOf(json, form, { signed, canonical: pdu }, rules, crypto)
}

function eventOf(
  json: JsonObject,
  form: Form,
  { signed, canonical }: Omit<EventTexts, 'hashed'>,
  rules: RoomVersionRules,
  crypto: Crypto,
): RoomEvent {
  const eventId =
    rules.format.eventId === 'field' ? (json['event_id'] as EventId) : eventIdOfHash(crypto.sha256(signed), rules)
  const roomId = form.roomId ?? roomIdOfCreate(eventId)
  return new RoomEvent({ ...form, eventId, roomId, json, rules }, { signed, canonical })
}

/**
 * An event out of our own store, which was read by {@link readPdu} before: nothing is checked or hashed again.
 * @param text canonical JSON
 * @param eventId its ID, as found then
 */
export function readStoredPdu(text: string, eventId: EventId, rules: RoomVersionRules): RoomEvent {
  const json = toObject(text, rules)
  const form = readForm(json, rules, { referenceLimits: false, longKeys: true })
  const fields = { ...form, eventId, roomId: form.roomId ?? roomIdOfCreate(eventId), json, rules }
  return new RoomEvent(fields, { canonical: text })
}

function toObject(input: string | Uint8Array | JsonObject, rules: RoomVersionRules): JsonObject {
  const value =
    typeof input === 'string' || input instanceof Uint8Array
      ? writtenAs(() => parseJson(input, { mode: rules.format.json }))
      : input
  if (!isJsonObject(value)) throw new PduError('malformed', 'the event is not a JSON object')
  return value
}

/**
 * Runs a reader or writer of JSON and turns its refusal into one of events. What is JSON, but none that the room version
 * accepts, is `M_BAD_JSON` (room version 6, "Canonical JSON").
 */
function writtenAs<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    const isJson = error.code !== 'syntax' && error.code !== 'utf-8'
    throw new PduError(isJson ? 'malformed' : 'not-json', error.message, { cause: error })
  }
}

/**
 * From version 3 on an event has no `event_id` of its own. One on the wire is ignored; since redaction would keep it,
 * it must go before anything is hashed.
 */
function withoutForeignEventId(json: JsonObject, rules: RoomVersionRules): JsonObject {
  if (rules.format.eventId === 'field' || json['event_id'] === undefined) return json
  const { event_id: _, ...rest } = json
  return Object.assign(Object.create(null), rest)
}

interface Form {
  /** Undefined for a create event whose own hash names the room (whether it may carry one is authorisation rule 1.2). */
  readonly roomId: RoomId | undefined
  readonly type: string
  readonly stateKey: string | undefined
  readonly sender: RoomEvent['sender']
  readonly content: JsonObject
  readonly originServerTs: number | bigint
  readonly depth: number | bigint
  readonly prevEvents: readonly EventId[]
  readonly authEvents: readonly EventId[]
  readonly redacts: string | undefined
  readonly contentHash: string
}

function readForm(json: JsonObject, rules: RoomVersionRules, options: ReadOptions): Form {
  const { referenceLimits = true, longKeys = false } = options
  const counted = longKeys && rules.format.longKeys === 'rejected' ? 'characters' : 'bytes'
  const type = keyOf(json, 'type', counted)
  const stateKey = json['state_key'] === undefined ? undefined : keyOf(json, 'state_key', counted)
  const sender = keyOf(json, 'sender')
  if (!isUserId(sender)) throw new PduError('malformed', 'sender is not a user ID')
  if (rules.format.eventId === 'field' && !isEventIdOfFormat(keyOf(json, 'event_id'), 'field'))
    throw new PduError('malformed', 'event_id is not an event ID')

  const { content, hashes } = json
  if (!isJsonObject(content)) throw new PduError('malformed', 'content is not an object')
  if (!isJsonObject(hashes) || typeof hashes['sha256'] !== 'string')
    throw new PduError('malformed', 'hashes.sha256 is not a string')
  checkSignaturesForm(json['signatures'])
  if (json['unsigned'] !== undefined && !isJsonObject(json['unsigned']))
    throw new PduError('malformed', 'unsigned is not an object')

  const namesTheRoom = type === 'm.room.create' && rules.auth.createImpliedByRoomId
  return {
    roomId: namesTheRoom ? undefined : roomIdOf(json),
    type,
    stateKey,
    sender,
    content,
    originServerTs: integer(json, 'origin_server_ts', -maxInt64 - 1n, maxInt64),
    depth: integer(json, 'depth', 0n, rules.format.maxDepth),
    prevEvents: references(json, 'prev_events', rules, referenceLimits ? maxPrevEvents : undefined),
    authEvents: references(json, 'auth_events', rules, referenceLimits ? maxAuthEvents : undefined),
    redacts: redactionTarget(json, content, rules),
    contentHash: hashes['sha256'],
  }
}

const maxInt64 = 2n ** 63n - 1n

/** A string of at most 255 bytes, or characters. */
function keyOf(json: JsonObject, name: string, counted: 'bytes' | 'characters' = 'bytes'): string {
  const value = json[name]
  if (typeof value !== 'string') throw new PduError('malformed', `${name} is not a string`)
  if (fitsInBytes(value, maxKeyBytes) || (counted === 'characters' && hasCharacters(value, maxKeyBytes))) return value
  throw new PduError('too-large', `${name} is longer than ${maxKeyBytes} ${counted}`)
}

/** Whether a text has at most so many code points. */
function hasCharacters(text: string, atMost: number): boolean {
  // A code point takes at most two code units: nothing long is taken apart.
  return text.length <= 2 * atMost && [...text].length <= atMost
}

/** Whether the event's type or state key has more bytes than the specification allows. Such an event is rejected. */
export function hasLongKeys({ type, stateKey }: Pick<RoomEvent, 'type' | 'stateKey'>): boolean {
  return !fitsInBytes(type, maxKeyBytes) || (stateKey !== undefined && !fitsInBytes(stateKey, maxKeyBytes))
}

function roomIdOf(json: JsonObject): RoomId {
  const roomId = keyOf(json, 'room_id')
  if (!isRoomId(roomId)) throw new PduError('malformed', 'room_id is not a room ID')
  return roomId
}

function integer(json: JsonObject, name: string, min: bigint, max: bigint): number | bigint {
  const value = json[name]
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value))
    throw new PduError('malformed', `${name} is not an integer`)
  const number = value as number | bigint
  if (number < min || number > max) throw new PduError('malformed', `${name} is not between ${min} and ${max}`)
  return number
}

function references(json: JsonObject, name: string, rules: RoomVersionRules, limit: number | undefined): EventId[] {
  const list = json[name]
  if (!Array.isArray(list)) throw new PduError('malformed', `${name} is not an array`)
  if (limit !== undefined && list.length > limit)
    throw new PduError('malformed', `${name} has ${list.length} entries, more than ${limit}`)
  return list.map((entry: JsonValue) => {
    const id = rules.format.references === 'pairs' ? pairedId(entry, name) : entry
    if (typeof id !== 'string' || !isEventId(id))
      throw new PduError('malformed', `${name} names something that is no event ID`)
    return id
  })
}

/** The ID of a pair `[event ID, {algorithm: hash}]` (room versions 1 and 2). */
function pairedId(entry: JsonValue, name: string): JsonValue | undefined {
  if (!Array.isArray(entry) || entry.length !== 2 || !isJsonObject(entry[1]))
    throw new PduError('malformed', `${name} has an entry that is no pair of event ID and hashes`)
  return entry[0]
}

function checkSignaturesForm(signatures: JsonValue | undefined): void {
  if (!isJsonObject(signatures)) throw new PduError('malformed', 'signatures is not an object')
  for (const server in signatures) {
    const ofServer = signatures[server]
    if (!isJsonObject(ofServer)) throw new PduError('malformed', 'signatures of a server are not an object')
    for (const key in ofServer)
      if (typeof ofServer[key] !== 'string') throw new PduError('malformed', 'a signature is not a string')
  }
}

/** @param bytes of the whole event as canonical JSON, with its signatures and what is unsigned */
function refuseTooLarge(bytes: number): void {
  if (bytes > maxEventBytes) throw new PduError('too-large', `the event has ${bytes} bytes, more than ${maxEventBytes}`)
}

/** Hashes are unpadded base64; some old servers padded theirs. */
function trimPadding(hash: string): string {
  return hash.endsWith('=') ? hash.replace(/={1,2}$/, '') : hash
}
