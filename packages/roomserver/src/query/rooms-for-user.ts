/**
 * The rooms of a user, by membership.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { EventNid, RoomNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { hasGone } from './member-events.ts'
import { nextAfter, numberAfter, pageLimit } from './pages.ts'
import { eventIdsOf } from './state-entries.ts'

export async function roomsForUser(
  request: RequestTo<'queryRoomsForUser'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryRoomsForUser'>> {
  const { userId, membership } = request
  const { reader } = context
  const user = (await reader.stateKeyNids([userId])).get(userId)
  if (user === undefined) return { rooms: [] }
  const rows = await reader.membershipsOfUser(user, membership, numberAfter<RoomNid>(request), pageLimit(request))
  const eventIds = await eventIdsOf(
    rows.map(({ event }) => event as EventNid),
    context,
  )
  const rooms: ResponseFrom<'queryRoomsForUser'>['rooms'] = []
  for (const [at, row] of rows.entries()) {
    const room = await reader.roomByNid(row.room)
    if (room === undefined) continue
    const { roomId, roomVersion } = room
    const forgotten = hasGone(row.membership) && (await reader.isForgotten(roomId, userId))
    rooms.push({ roomId, roomVersion, membership: row.membership, eventId: eventIds[at] as string, forgotten })
  }
  return { rooms, ...nextAfter(rows, request, rows.at(-1)?.room) }
}
