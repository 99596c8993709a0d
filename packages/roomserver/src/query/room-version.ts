/**
 * The version of a room.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { roomOf } from './find-room.ts'

export async function roomVersion(
  request: RequestTo<'queryRoomVersion'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryRoomVersion'>> {
  return { roomVersion: (await roomOf(request.roomId, context)).row.roomVersion }
}
