/**
 * Event IDs in the three formats of the room versions: with a server name (1 and 2), the reference hash in standard
 * base64 (3), the same in URL-safe base64 (4 and later). Appendices, "Event IDs"; room versions 1, 3 and 4, "Event IDs".
 */
import type { Branded } from './branded.ts'
import { hasLocalpartAndServerName, isOpaqueIdentifier } from './common-format.ts'
import type { ServerName } from './server-name.ts'

/** An event ID of any format. */
export type EventId = Branded<'EventId'>

/**
 * The formats, named as in the room version table: `field` (the event says its ID, which ends in a server name), `hash`
 * and `url-safe-hash`.
 */
export type EventIdFormat = 'field' | 'hash' | 'url-safe-hash'

const sigil = '$'
/** SHA-256 is 32 bytes: 43 characters of unpadded base64. */
const hashPattern = /^\$[A-Za-z0-9+/]{43}$/
const urlSafeHashPattern = /^\$[A-Za-z0-9_-]{43}$/

/**
 * Whether `value` may be the ID of an event in some room: `$`, then at least one code point, none of them NUL, at most
 * 255 bytes. What an ID in a given room version looks like is asked with `isEventIdOfFormat`.
 */
export function isEventId(value: unknown): value is EventId {
  return typeof value === 'string' && value.length > sigil.length && isOpaqueIdentifier(value, sigil)
}

/** `value` as an event ID of any format, or `undefined`. */
export function parseEventId(value: unknown): EventId | undefined {
  return isEventId(value) ? value : undefined
}

/** Whether `value` is an event ID in the format that the room version asks for. */
export function isEventIdOfFormat(value: unknown, format: EventIdFormat): value is EventId {
  if (typeof value !== 'string') return false
  switch (format) {
    case 'field':
      return hasLocalpartAndServerName(value, sigil)
    case 'hash':
      return hashPattern.test(value)
    case 'url-safe-hash':
      return urlSafeHashPattern.test(value)
  }
}

/** The server name in an event ID of room versions 1 and 2; `undefined` for the later formats. */
export function serverNameInEventId(event: EventId): ServerName | undefined {
  const colon = event.indexOf(':')
  return colon < 0 ? undefined : (event.slice(colon + 1) as ServerName)
}
