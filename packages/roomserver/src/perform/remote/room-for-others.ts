/**
 * A room as others may ask to come into it or out of it: this server is in it, and its ACL does not refuse them.
 */
import { noSuchRoom, RoomServerError } from '../../api/index.ts'
import { refuseBlocked } from '../blocked-rooms.ts'
import type { PerformContext } from '../context.ts'
import { type FoundRoom, findRoom } from '../room-state.ts'

/** @throws {RoomServerError} `M_NOT_FOUND` where this server is not in it; `M_FORBIDDEN` */
export async function roomForOthers(roomId: string, server: string, context: PerformContext): Promise<FoundRoom> {
  const { acls, serverName, storage } = context
  const room = await findRoom(roomId, context)
  if (room === undefined || (await storage.reader.joinedMembersOfServer(room.row.room, serverName)) === 0)
    throw noSuchRoom(roomId)
  await refuseBlocked(roomId, context)
  if (await acls.refuses(server, room.row))
    throw new RoomServerError('M_FORBIDDEN', `${server} is refused by the server ACL of room ${roomId}`)
  return room
}
