/**
 * Whether a server has anything to ask of a room.
 */
import { RoomServerError } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import type { FoundRoom } from './find-room.ts'

/** @throws {RoomServerError} `M_FORBIDDEN` where the server has no joined user in the room, or its ACL refuses it */
export async function refuseOutsiders(
  server: string,
  { row }: FoundRoom,
  { reader, acls }: QueryContext,
): Promise<void> {
  if (await acls.refuses(server, row))
    throw new RoomServerError('M_FORBIDDEN', `${server} is refused by the server ACL of room ${row.roomId}`)
  if ((await reader.joinedMembersOfServer(row.room, server)) === 0)
    throw new RoomServerError('M_FORBIDDEN', `${server} is not in room ${row.roomId}`)
}
