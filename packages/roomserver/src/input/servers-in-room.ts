/**
 * The servers with a joined user in a room: whom to ask about it.
 */
import type { ServerName } from '@neurite/protocol'
import type { Reader } from '../storage/index.ts'
import type { ServersInRoom } from './server-selection.ts'

/** Far more than are ever asked: those that come first by name, of the few rooms that have more. */
const maxServers = 1_000

export function serversInRoom(reader: Reader): ServersInRoom {
  return async roomId => {
    const room = await reader.room(roomId)
    if (room === undefined) return []
    const servers = await reader.joinedServers(room.room, '', maxServers)
    return servers.map(({ server }) => server as ServerName)
  }
}
