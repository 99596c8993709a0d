/**
 * The rooms that the operator has blocked; or whether one is.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { nextAfter, pageLimit } from './pages.ts'

export async function blockedRooms(
  request: RequestTo<'queryBlockedRooms'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryBlockedRooms'>> {
  const { roomId } = request
  if (roomId !== undefined) {
    const row = await context.reader.blockedRoom(roomId)
    return { rooms: row === undefined ? [] : [row] }
  }
  const rooms = await context.reader.blockedRooms(request.after ?? '', pageLimit(request))
  return { rooms, ...nextAfter(rooms, request, rooms.at(-1)?.roomId) }
}
