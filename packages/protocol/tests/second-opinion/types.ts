// The shapes that the second opinion works on, and the few readings of strings that all its rules share.
// Follows: appendices (user IDs with their historical grammar, server names), rooms/ (the list of versions).

export type Json =
  | null
  | boolean
  | string
  | number
  | bigint
  | { readonly source: string } // a number kept as its source text (1.5, 1e3): room versions 1 to 5 only
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

export type JsonObject = { readonly [key: string]: Json | undefined }

export interface PlainEvent {
  readonly eventId: string
  /** For the create event of version 12: '!' and the event ID without its '$'. */
  readonly roomId: string
  readonly type: string
  readonly stateKey: string | undefined
  readonly sender: string
  readonly content: JsonObject
  readonly originServerTs: number
  readonly depth: number | bigint
  readonly prevEvents: readonly string[]
  readonly authEvents: readonly string[]
  /** The top-level key, versions 1 to 10. */
  readonly redacts?: string | undefined
  /** The whole wire object. */
  readonly pdu: JsonObject
}

export type PlainVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly rule: string; readonly why: string }

export interface PlainContext {
  event(id: string): PlainEvent | undefined
  /** Rejected by the check against its auth events, or by the check against the state before it. */
  isRejected(id: string): boolean
  /** Ed25519 over raw bytes. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  canonical(value: Json): string
}

/** `${type}\t${stateKey}` -> event. */
export type StateMap = ReadonlyMap<string, PlainEvent>

export const CREATE = 'm.room.create\t'
export const POWER_LEVELS = 'm.room.power_levels\t'
export const JOIN_RULES = 'm.room.join_rules\t'
export const memberKey = (userId: string): string => `m.room.member\t${userId}`
export const thirdPartyInviteKey = (token: string): string => `m.room.third_party_invite\t${token}`

/** The key of a state event; undefined for a message event. */
export function keyOf(event: PlainEvent): string | undefined {
  return event.stateKey === undefined ? undefined : `${event.type}\t${event.stateKey}`
}

export const allow: PlainVerdict = { allowed: true }
export const deny = (rule: string, why: string): PlainVerdict => ({ allowed: false, rule, why })

/** The room versions that this specification knows: "1" to "12". */
export function isRecognisedVersion(version: Json | undefined): boolean {
  return typeof version === 'string' && /^([1-9]|1[0-2])$/.test(version)
}

/** "10" -> 10, so that a rule can say "since version 10". */
export function versionNumber(version: string): number {
  if (!isRecognisedVersion(version)) throw new Error(`not a room version: ${version}`)
  return Number(version)
}

/** A number kept as its source text: an instance of a class RawNumber, never a plain object of JSON. */
export function isRawNumber(value: Json | undefined): value is { readonly source: string } {
  if (!(value instanceof Object) || Array.isArray(value)) return false
  return value.constructor?.name === 'RawNumber' && typeof (value as { source?: unknown }).source === 'string'
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
}

/** A key that is present, whatever its value; keys that every object inherits do not count. */
export function has(object: JsonObject, key: string): boolean {
  return Object.hasOwn(object, key) && object[key] !== undefined
}

/** The value of a key of the object itself. */
export function get(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** What follows the first colon of a user ID, of a room ID before version 12, of an event ID of versions 1 and 2. */
export function domainOf(id: string): string | undefined {
  const colon = id.indexOf(':')
  return colon === -1 ? undefined : id.slice(colon + 1)
}

/** The membership of a user in a state, undefined where there is no (readable) one. */
export function membershipOf(state: StateMap, userId: string): string | undefined {
  const member = state.get(memberKey(userId))
  const membership = member && get(member.content, 'membership')
  return typeof membership === 'string' ? membership : undefined
}

const SERVER_NAME = /^(\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,255})(:[0-9]{1,5})?$/

/** Appendices, "Historical User IDs": any localpart without ':', NUL and lone surrogates, the empty one included. */
export function isUserId(value: Json | undefined): value is string {
  if (typeof value !== 'string' || !value.startsWith('@') || !value.isWellFormed()) return false
  const colon = value.indexOf(':')
  if (colon === -1 || value.slice(0, colon).includes('\0')) return false
  return SERVER_NAME.test(value.slice(colon + 1)) && Buffer.byteLength(value) <= 255
}

/** Order of strings by code point, which is the order of their UTF-8 bytes. */
export function compareStrings(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
