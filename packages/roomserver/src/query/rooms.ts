/**
 * The rooms of this server, for its operator.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { RoomNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, isPartial, roomOf } from './find-room.ts'
import { numberAfter, pageLimit } from './pages.ts'
import { summaryOf } from './room-summary.ts'

/** Rooms read at once. */
const pageRooms = 500

export async function rooms(
  request: RequestTo<'queryRooms'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryRooms'>> {
  const { search, emptyOnly = false } = request
  const { reader, serverName, yieldNow } = context
  const limit = pageLimit(request)
  const start = numberAfter<RoomNid>(request)
  const wanted = search?.toLowerCase() ?? ''
  const rooms: ResponseFrom<'queryRooms'>['rooms'] = []
  let total = 0
  let next: RoomNid | undefined
  for (let after: RoomNid | 0 = 0; ; await yieldNow()) {
    const page = await reader.rooms(after, pageRooms)
    for (const row of page.filter(({ forwardExtremities }) => forwardExtremities.length > 0)) {
      total++
      if (row.room <= start || rooms.length === limit) continue
      const localMembers = await reader.joinedMembersOfServer(row.room, serverName)
      if (emptyOnly && localMembers > 0) continue
      const found = await roomOf(row.roomId, context)
      const view = await currentState(found, context)
      const room = await summaryOf(found, view, context)
      const texts = [room.roomId, room.name, room.canonicalAlias]
      if (!texts.some(text => text?.toLowerCase().includes(wanted))) continue
      const blocked = (await reader.blockedRoom(row.roomId)) !== undefined
      const forwardExtremities = row.forwardExtremities.length
      rooms.push({ room, localMembers, forwardExtremities, blocked, partial: isPartial(view) })
      next = row.room
    }
    const last = page.at(-1)
    if (last === undefined || page.length < pageRooms) break
    after = last.room
  }
  return { rooms, total, ...(rooms.length === limit && next !== undefined ? { next: String(next) } : {}) }
}
