/**
 * Whether a server has joined users in a room.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { findRoom } from './find-room.ts'
import { isServerIn } from './server-in-room.ts'

export async function serverJoinedToRoom(
  request: RequestTo<'queryServerJoinedToRoom'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryServerJoinedToRoom'>> {
  const { server, roomId } = request
  const room = await findRoom(roomId, context)
  if (room === undefined) return { roomExists: false, joined: false }
  return { roomExists: true, joined: await isServerIn(server, room, context) }
}
