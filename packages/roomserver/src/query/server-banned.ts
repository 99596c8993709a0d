/**
 * Whether the room’s server ACL refuses a server.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { findRoom } from './find-room.ts'

export async function serverBanned(
  request: RequestTo<'queryServerBanned'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryServerBanned'>> {
  const { roomId, server } = request
  const room = await findRoom(roomId, context)
  return { banned: room !== undefined && (await context.acls.refuses(server, room.row)) }
}
