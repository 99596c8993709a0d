/**
 * How complex a room is, for a server whose users may want to join it.
 */
import { complexityOf, noSuchRoom, type RequestTo, type ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, isPartial, roomOf } from './find-room.ts'
import { mayKnow } from './room-access.ts'
import { summaryOf } from './room-summary.ts'

export async function roomComplexity(
  { roomId, server }: RequestTo<'queryRoomComplexity'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryRoomComplexity'>> {
  const room = await roomOf(roomId, context)
  const view = await currentState(room, context)
  const summary = await summaryOf(room, view, context)
  // Whether there is such a room is nobody's business who could not join it.
  if ((await context.acls.refuses(server, room.row)) || !(await mayKnow({ server }, room, summary, context)))
    throw noSuchRoom(roomId)
  return { complexity: complexityOf(view.size), partial: isPartial(view) }
}
