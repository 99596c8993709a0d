// The rules that look at an event's `auth_events` field, and the selection they compare it with.
// Follows: server-server API, "Auth events selection"; rooms/, rule 2 ("Considering the event's auth_events";
// rule 3 in version 12, whose rule 2 is about the room ID).

import type { PlainContext, PlainEvent, PlainVerdict } from './types.ts'
import {
  allow,
  CREATE,
  deny,
  get,
  isObject,
  JOIN_RULES,
  keyOf,
  memberKey,
  POWER_LEVELS,
  thirdPartyInviteKey,
  versionNumber,
} from './types.ts'

/** Keys of the state that auth event selection names for this event. */
export function authKeys(version: string, event: PlainEvent): string[] {
  const v = versionNumber(version)
  const { type, content, stateKey } = event
  // "The auth_events for the m.room.create event in a room is empty."
  if (type === 'm.room.create') return []
  const keys = new Set<string>()
  // "Depending on the room version, the m.room.create event": in version 12 the room ID implies it.
  if (v <= 11) keys.add(CREATE)
  keys.add(POWER_LEVELS)
  keys.add(memberKey(event.sender))
  if (type === 'm.room.member') {
    const membership = get(content, 'membership')
    if (stateKey !== undefined) keys.add(memberKey(stateKey))
    if (membership === 'join' || membership === 'invite' || membership === 'knock') keys.add(JOIN_RULES)
    if (membership === 'invite') {
      const token = tokenOf(event)
      if (token !== undefined) keys.add(thirdPartyInviteKey(token))
    }
    if (membership === 'join' && v >= 8) {
      const authoriser = get(content, 'join_authorised_via_users_server')
      if (typeof authoriser === 'string') keys.add(memberKey(authoriser))
    }
  }
  return [...keys]
}

/** `content.third_party_invite.signed.token`. */
function tokenOf(event: PlainEvent): string | undefined {
  const invite = get(event.content, 'third_party_invite')
  const signed = isObject(invite) ? get(invite, 'signed') : undefined
  const token = isObject(signed) ? get(signed, 'token') : undefined
  return typeof token === 'string' ? token : undefined
}

/** Version 12: the create event that the room ID names, unless it is unknown, no create event or rejected. */
export function impliedCreate(event: PlainEvent, context: PlainContext): PlainEvent | undefined {
  if (!event.roomId.startsWith('!')) return undefined
  const create = context.event(`$${event.roomId.slice(1)}`)
  if (create === undefined || create.type !== 'm.room.create' || context.isRejected(create.eventId)) return undefined
  return create
}

/** Version 12, rule 2: the room ID is the ID of an accepted create event with another sigil. */
export function checkRoomId(event: PlainEvent, context: PlainContext): PlainVerdict {
  if (impliedCreate(event, context) === undefined)
    return deny('2', `the room ID ${event.roomId} names no accepted create event`)
  return allow
}

/** "Considering the event's auth_events". */
export function checkAuthEvents(version: string, event: PlainEvent, context: PlainContext): PlainVerdict {
  const v = versionNumber(version)
  const rule = v <= 11 ? 2 : 3
  const entries: PlainEvent[] = []
  for (const id of event.authEvents) {
    const entry = context.event(id)
    if (entry === undefined) return deny('auth-events/missing', `auth event ${id} is not known`)
    entries.push(entry)
  }
  // .1: duplicate entries for a type and state key.
  const seen = new Set<string | undefined>()
  for (const entry of entries) {
    const key = keyOf(entry)
    if (key !== undefined && seen.has(key)) return deny(`${rule}.1`, `two auth events for ${key}`)
    seen.add(key)
  }
  // .2: entries that the selection does not name.
  const selected = new Set<string | undefined>(authKeys(version, event))
  for (const entry of entries)
    if (entry.stateKey === undefined || !selected.has(keyOf(entry)))
      return deny(`${rule}.2`, `auth event ${entry.eventId} is not called for`)
  // .3: entries that were rejected themselves.
  for (const entry of entries)
    if (context.isRejected(entry.eventId)) return deny(`${rule}.3`, `auth event ${entry.eventId} was rejected`)
  // .4: versions 1 to 11 need the create event among the entries.
  if (v <= 11 && !seen.has(CREATE)) return deny(`${rule}.4`, 'no create event among the auth events')
  // .5: entries of another room.
  for (const entry of entries)
    if (entry.roomId !== event.roomId) return deny(`${rule}.5`, `auth event ${entry.eventId} is of another room`)
  return allow
}

/** The auth events of an event that are known and not rejected, by key. */
export function usableAuthEvents(event: PlainEvent, context: PlainContext): Map<string, PlainEvent> {
  const found = new Map<string, PlainEvent>()
  for (const id of event.authEvents) {
    const entry = context.event(id)
    const key = entry && keyOf(entry)
    if (entry && key !== undefined && !context.isRejected(id)) found.set(key, entry)
  }
  return found
}
