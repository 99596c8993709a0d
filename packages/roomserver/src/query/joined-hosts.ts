/**
 * The servers that have joined users in a room, by name, with how many.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, isPartial, roomOf } from './find-room.ts'
import { nextAfter, pageLimit } from './pages.ts'

export async function joinedHosts(
  request: RequestTo<'queryJoinedHosts'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryJoinedHosts'>> {
  const room = await roomOf(request.roomId, context)
  const servers = await context.reader.joinedServers(room.row.room, request.after ?? '', pageLimit(request))
  return {
    servers: servers.map(({ server, members }) => ({ server, members })),
    ...nextAfter(servers, request, servers.at(-1)?.server),
    partial: isPartial(await currentState(room, context)),
  }
}
