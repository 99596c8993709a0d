/**
 * An event by ID alone, for a server: looked for in the rooms that the server is in. Server-server API, "GET /event/{eventId}".
 */
import type { EventInfo, RequestTo, ResponseFrom } from '../api/index.ts'
import { RoomServerError } from '../api/index.ts'
import type { RoomNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { infosOf } from './event-infos.ts'
import { roomOf, rowOf } from './find-room.ts'
import { visibleToServer } from './visible-events.ts'

/** Rooms looked into at once. */
const pageRooms = 500

export async function eventForServer(
  request: RequestTo<'queryEventForServer'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryEventForServer'>> {
  const { server, eventId } = request
  const { reader, yieldNow } = context
  for (let after: RoomNid | 0 = 0; ; await yieldNow()) {
    const rooms = await reader.roomsOfServer(server, after, pageRooms)
    for (const room of rooms) {
      if (!(await reader.eventNids(room, [eventId])).has(eventId)) continue
      const found = await roomOf((await reader.roomByNid(room))?.roomId ?? '', context)
      const row = await rowOf(eventId, found, context)
      if (!(await visibleToServer(server, [row], found, context))[0])
        throw new RoomServerError('M_FORBIDDEN', `${server} may not see event ${eventId} in room ${found.row.roomId}`)
      const [event] = await infosOf([row], found.row, context)
      return { event: event as EventInfo }
    }
    const last = rooms.at(-1)
    if (last === undefined || rooms.length < pageRooms)
      throw new RoomServerError('M_NOT_FOUND', `event ${eventId} is in no room that ${server} is in`)
    after = last
  }
}
