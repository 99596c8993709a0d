/**
 * Events of a room by ID, read.
 */
import type { ClientContext } from '../context.ts'
import { type EventJson, readEvent } from './event-json.ts'
import { eventsById } from './events-by-id.ts'

export async function loadEvents(
  { roomServer }: Pick<ClientContext, 'roomServer'>,
  roomId: string,
  eventIds: readonly string[],
): Promise<Map<string, EventJson>> {
  if (eventIds.length === 0) return new Map()
  const infos = await eventsById(roomServer, roomId, [...new Set(eventIds)])
  return new Map(infos.map(info => [info.eventId, readEvent(info)]))
}
