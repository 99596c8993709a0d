/**
 * Event IDs made up from names, in the form of each room version. They sort by code point as their names do.
 */
import type { EventId, JsonValue, RoomVersionRules } from '@neurite/protocol'

/** Characters of base64 that 32 bytes take. */
const hashCharacters = 43

/** @param name letters, digits, `-` and `_` */
export function madeUpEventId(name: string, server: string, { format }: RoomVersionRules): EventId {
  if (format.eventId === 'field') return `$${name}:${server}` as EventId
  if (!/^[\w-]{1,43}$/.test(name)) throw new Error(`${name} does not fit into an event ID`)
  // What fills an ID up comes before all letters and digits.
  const id = name.padEnd(hashCharacters, '-')
  return `$${format.eventId === 'hash' ? id.replaceAll('-', '+').replaceAll('_', '/') : id}` as EventId
}

/** An event ID as it stands among the prev and auth events of another. */
export function referenceTo(id: EventId, { format }: RoomVersionRules): JsonValue {
  return format.references === 'pairs' ? [id, { sha256: 'made-up' }] : id
}
