/**
 * Events of a room out of the room server, however many.
 */
import { type EventInfo, maxNamed, type RoomServerApi } from '@neurite/roomserver/api'

/** In no order; those that are not there are left out. */
export async function eventsById(
  roomServer: RoomServerApi,
  roomId: string,
  eventIds: readonly string[],
): Promise<EventInfo[]> {
  const found: EventInfo[] = []
  for (let at = 0; at < eventIds.length; at += maxNamed) {
    const { events } = await roomServer.queryEventsById({ roomId, eventIds: eventIds.slice(at, at + maxNamed) })
    found.push(...events)
  }
  return found
}
