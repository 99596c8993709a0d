/**
 * How many users are joined and invited, and from how many servers: kept in the commit of each event, not counted.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, isPartial, roomOf } from './find-room.ts'

/** Servers read at once. */
const pageServers = 2_000

export async function memberCounts(
  request: RequestTo<'queryMemberCounts'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryMemberCounts'>> {
  const room = await roomOf(request.roomId, context)
  const { joinedMembers: joined, invitedMembers: invited } = room.row
  let servers = 0
  for (let after = ''; ; await context.yieldNow()) {
    const page = await context.reader.joinedServers(room.row.room, after, pageServers)
    servers += page.length
    if (page.length < pageServers) break
    after = page.at(-1)?.server as string
  }
  return { joined, invited, servers, partial: isPartial(await currentState(room, context)) }
}
