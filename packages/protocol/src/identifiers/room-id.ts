/**
 * Room IDs: `!opaque:server` up to room version 11, `!` and the hash of the create event since version 12.
 * Appendices, "Room IDs".
 */
import type { Branded } from './branded.ts'
import { hasLocalpartAndServerName, isOpaqueIdentifier } from './common-format.ts'
import { isEventIdOfFormat } from './event-id.ts'
import type { ServerName } from './server-name.ts'

/** A room ID of either form. Opaque: nothing is routed by its server name. */
export type RoomId = Branded<'RoomId'>

/** The two forms; the room version says which. */
export type RoomIdForm = 'domain' | 'create-event-hash'

const sigil = '!'
const eventSigil = '$'

/**
 * Whether `value` may be the ID of a room of some version: `!opaque:server`, or `!opaque` without any colon.
 * What a room of a given version must be called is asked with `isRoomIdOfForm`.
 */
export function isRoomId(value: unknown): value is RoomId {
  if (typeof value !== 'string') return false
  if (value.includes(':')) return hasLocalpartAndServerName(value, sigil)
  return value.length > sigil.length && isOpaqueIdentifier(value, sigil)
}

/** `value` as a room ID of either form, or `undefined`. */
export function parseRoomId(value: unknown): RoomId | undefined {
  return isRoomId(value) ? value : undefined
}

/** Whether `value` is a room ID of the form that the room version asks for. */
export function isRoomIdOfForm(value: unknown, form: RoomIdForm): value is RoomId {
  if (typeof value !== 'string') return false
  if (form === 'domain') return hasLocalpartAndServerName(value, sigil)
  return value.startsWith(sigil) && isEventIdOfFormat(eventSigil + value.slice(sigil.length), 'url-safe-hash')
}

/** The server name in the ID of a room up to version 11; `undefined` for one without. Not an address to ask. */
export function serverNameInRoomId(room: RoomId): ServerName | undefined {
  const colon = room.indexOf(':')
  return colon < 0 ? undefined : (room.slice(colon + 1) as ServerName)
}
