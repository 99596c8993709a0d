/**
 * Which other servers may know a room that a user wants into: those that the user names, those that an invite speaks for, and those that
 * were in it when it was last heard of here.
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
  const joined = room === undefined ? [] : await reader.joinedServers(room.room, '', maxOfRoom)
  const invited = invite === undefined ? [] : serversKnownBy(invite)
  return otherServers([...named, ...invited, ...joined.map(({ server }) => server)], serverName)
}
