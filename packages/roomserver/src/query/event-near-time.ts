/**
 * The event of a room that is nearest to a point in time. Client-server API, "GET /timestamp_to_event".
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { RoomServerError } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { roomOf } from './find-room.ts'
import { refuseOutsiders } from './server-in-room.ts'

export async function eventNearTime(
  request: RequestTo<'queryEventNearTime'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryEventNearTime'>> {
  const { roomId, timestamp, direction, seenBy } = request
  const room = await roomOf(roomId, context)
  if (seenBy !== undefined) await refuseOutsiders(seenBy, room, context)
  const [nearest] = await context.reader.eventsNear(room.row.room, timestamp, direction, 1)
  if (nearest === undefined)
    throw new RoomServerError('M_NOT_FOUND', `room ${roomId} has no event ${direction} from ${timestamp}`)
  return { eventId: nearest.eventId, timestamp: Math.max(0, nearest.timestamp) }
}
