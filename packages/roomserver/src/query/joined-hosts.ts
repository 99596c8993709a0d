/**
 * The servers that have joined users in a room, by name, with how many; those that it is only said to have, with none.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, type FoundRoom, isPartial, roomOf } from './find-room.ts'
import { nextAfter, pageLimit } from './pages.ts'

interface Host {
  readonly server: string
  readonly members: number
}

export async function joinedHosts(
  request: RequestTo<'queryJoinedHosts'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryJoinedHosts'>> {
  const room = await roomOf(request.roomId, context)
  const servers = await hostsOf(room, request.after ?? '', pageLimit(request), context)
  return {
    servers,
    ...nextAfter(servers, request, servers.at(-1)?.server),
    partial: isPartial(await currentState(room, context)),
  }
}

async function hostsOf(
  { row }: FoundRoom,
  after: string,
  limit: number,
  { reader, serversSaidIn }: QueryContext,
): Promise<Host[]> {
  const known = await reader.joinedServers(row.room, after, limit)
  const hosts = new Map<string, Host>(known.map(({ server, members }) => [server, { server, members }]))
  for (const server of serversSaidIn(row.roomId))
    if (server > after && !hosts.has(server)) hosts.set(server, { server, members: 0 })
  // Server names are ASCII: the order of their code units is that of bytes.
  return [...hosts.values()].sort((a, b) => (a.server < b.server ? -1 : 1)).slice(0, limit)
}
