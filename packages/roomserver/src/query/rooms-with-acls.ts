/**
 * The rooms that have a server ACL.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { RoomNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { numberAfter, pageLimit } from './pages.ts'

/** Rooms looked into at once. */
const pageRooms = 500

export async function roomsWithAcls(
  request: RequestTo<'queryRoomsWithAcls'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryRoomsWithAcls'>> {
  const { reader, acls, yieldNow } = context
  const limit = pageLimit(request)
  const roomIds: string[] = []
  for (let after = numberAfter<RoomNid>(request); ; await yieldNow()) {
    const rooms = await reader.rooms(after, pageRooms)
    for (const { roomId, room, currentSnapshot } of rooms) {
      if ((await acls.eventIn(currentSnapshot)) !== 0) roomIds.push(roomId)
      if (roomIds.length === limit) return { roomIds, next: String(room) }
    }
    const last = rooms.at(-1)
    if (last === undefined || rooms.length < pageRooms) return { roomIds }
    after = last.room
  }
}
