/**
 * Room aliases: `#localpart:server`, looked up at that server.
 * Appendices, "Room Aliases".
 */
import type { Branded } from './branded.ts'
import { hasLocalpartAndServerName } from './common-format.ts'
import type { ServerName } from './server-name.ts'

/** For example `#matrix:matrix.org`. */
export type RoomAlias = Branded<'RoomAlias'>

const sigil = '#'

/** Whether `value` is a room alias of at most 255 bytes; its localpart may hold anything but `:` and NUL. */
export function isRoomAlias(value: unknown): value is RoomAlias {
  return typeof value === 'string' && hasLocalpartAndServerName(value, sigil)
}

/** `value` as a room alias, or `undefined`. */
export function parseRoomAlias(value: unknown): RoomAlias | undefined {
  return isRoomAlias(value) ? value : undefined
}

/** The server to ask for the room behind the alias. */
export function serverNameOfAlias(alias: RoomAlias): ServerName {
  return alias.slice(alias.indexOf(':') + 1) as ServerName
}
