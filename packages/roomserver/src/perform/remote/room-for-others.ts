/**
 * A room as others may ask to come into it or out of it: this server is in it, and its ACL does not refuse them.
 */
import { noSuchRoom, RoomServerError } from '../../api/index.ts'
import { refuseBlocked } from '../blocked-rooms.ts'
import type { PerformContext } from '../context.ts'
import { type FoundRoom, findRoom } from '../room-state.ts'

/** @throws {RoomServerError} `M_NOT_FOUND` where this server is not in it; `M_FORBIDDEN` */
export async function roomForOthers(roomId: string, server: string, context: PerformContext): Promise<FoundRoom> {
  const { serverName, storage } = context
  const room = await findRoom(roomId, context)
  if (room === undefined || (await storage.reader.joinedMembersOfServer(room.row.room, serverName)) === 0)
    throw noSuchRoom(roomId)
  await refuseBlocked(roomId, context)
  await refuseByAcl(server, room, context)
  return room
}

/** @throws {RoomServerError} `M_FORBIDDEN` where the room's ACL, as far as it is known here, refuses the server */
export async function refuseByAcl(server: string, { row }: FoundRoom, { acls }: PerformContext): Promise<void> {
  if (await acls.refuses(server, row))
    throw new RoomServerError('M_FORBIDDEN', `${server} is refused by the server ACL of room ${row.roomId}`)
}
