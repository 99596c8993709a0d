/**
 * Whether a server has anything to ask of a room.
 */
import { RoomServerError } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import type { FoundRoom } from './find-room.ts'

/** @throws {RoomServerError} `M_FORBIDDEN` where the server has no joined user in the room, or its ACL refuses it */
export async function refuseOutsiders(server: string, { row }: FoundRoom, context: QueryContext): Promise<void> {
  const { acls } = context
  if (await acls.refuses(server, row))
    throw new RoomServerError('M_FORBIDDEN', `${server} is refused by the server ACL of room ${row.roomId}`)
  if (!(await isServerIn(server, { row }, context)))
    throw new RoomServerError('M_FORBIDDEN', `${server} is not in room ${row.roomId}`)
}

/** Whether a server has joined users in a room, or is said to have: in a room whose members are not all known. */
export async function isServerIn(
  server: string,
  { row }: Pick<FoundRoom, 'row'>,
  { reader, serversSaidIn }: Pick<QueryContext, 'reader' | 'serversSaidIn'>,
): Promise<boolean> {
  if ((await reader.joinedMembersOfServer(row.room, server)) > 0) return true
  return serversSaidIn(row.roomId).some(said => said === server)
}
