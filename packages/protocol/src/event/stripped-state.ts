/**
 * Stripped state: what clients see of a room that they are not in. Client-server API, "Stripped state". Servers send
 * each other whole events in its place and cut them down for clients.
 */
import type { JsonObject } from '../canonical-json/index.ts'
import type { RoomEvent } from './room-event.ts'

/** The state that SHOULD be given along with invites and knocks: type and empty state key. */
export const strippedStateTypes: readonly string[] = [
  'm.room.create',
  'm.room.name',
  'm.room.avatar',
  'm.room.topic',
  'm.room.join_rules',
  'm.room.canonical_alias',
  'm.room.encryption',
]

/** @returns the event with `sender`, `type`, `state_key` and `content` only. Throws RangeError on an event that is no state. */
export function strippedState(event: RoomEvent): JsonObject {
  if (event.stateKey === undefined) throw new RangeError(`${event.eventId} is not a state event`)
  return { type: event.type, state_key: event.stateKey, sender: event.sender, content: event.content }
}
