/**
 * Which other servers may know a room that a user wants into: those that the user names, and those that an invite speaks for. Those that
 * were in it when it was last heard of here are asked where none is named: the user has said through which servers they want in. Client-
 * server API, "POST /join", `via`.
 */
import type { RoomId, ServerName, UserId } from '@neurite/protocol'
import type { PerformContext } from './context.ts'
import { otherServers } from './names.ts'
import { serversKnownBy } from './remote/index.ts'

/** Servers of a room that are considered: some of them will answer. */
const maxOfRoom = 20

/** Best first; never this one. */
export async function serversToAsk(
  roomId: RoomId,
  userId: UserId,
  named: readonly ServerName[],
  { storage, serverName }: PerformContext,
): Promise<ServerName[]> {
  const { reader } = storage
  const invite = await reader.invite(roomId, userId)
  const room = await reader.room(roomId)
  const mayAskOthers = named.length === 0 && room !== undefined
  const joined = mayAskOthers ? await reader.joinedServers(room.room, '', maxOfRoom) : []
  const invited = invite === undefined ? [] : serversKnownBy(invite)
  return otherServers([...named, ...invited, ...joined.map(({ server }) => server)], serverName)
}
