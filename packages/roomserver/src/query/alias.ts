/**
 * The room that a local alias stands for, who made it, and servers that are in the room. Client-server API, "GET /directory/room/{roomAlias}".
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { RoomServerError } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { findRoom } from './find-room.ts'

/** Servers that are named: some of them will answer. */
const maxServers = 100

export async function alias(
  request: RequestTo<'queryAlias'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryAlias'>> {
  const { alias } = request
  const { reader, serverName } = context
  const row = await reader.alias(alias)
  if (row === undefined) throw new RoomServerError('M_NOT_FOUND', `there is no alias ${alias} on this server`)
  const room = await findRoom(row.roomId, context)
  const joined = room === undefined ? [] : await reader.joinedServers(room.row.room, '', maxServers)
  const servers = [...new Set([serverName as string, ...joined.map(({ server }) => server)])]
  return { roomId: row.roomId, creator: row.creator, servers }
}
