/**
 * The servers with a joined user in a room: whom to ask about it.
 */
import { isUserId, type ServerName, serverNameOf } from '@neurite/protocol'
import type { Reader } from '../storage/index.ts'
import type { ServersInRoom } from './server-selection.ts'

/** Members looked at: enough to meet most servers of a room. */
const membersLookedAt = 1_000

export function serversInRoom(reader: Reader): ServersInRoom {
  return async roomId => {
    const room = await reader.room(roomId)
    if (room === undefined) return []
    const members = await reader.memberships(room.room, 'join', 0, membersLookedAt)
    const users = await reader.stateKeys(members.map(({ user }) => user))
    const servers = new Set<ServerName>()
    for (const user of users.values()) if (isUserId(user)) servers.add(serverNameOf(user))
    return servers
  }
}
