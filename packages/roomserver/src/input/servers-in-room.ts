/**
 * The servers with a joined user in a room, as far as its members are known, and those that it is said to have: whom to ask about it.
 */
import type { ServerName } from '@neurite/protocol'
import type { Reader } from '../storage/index.ts'
import type { PartialRooms } from './partial-state/partial-rooms.ts'
import type { ServersInRoom } from './server-selection.ts'

/** Far more than are ever asked: those that come first by name, of the few rooms that have more. */
const maxServers = 1_000

export function serversInRoom(reader: Reader, partialRooms: Pick<PartialRooms, 'servers'>): ServersInRoom {
  return async roomId => {
    const room = await reader.room(roomId)
    if (room === undefined) return []
    const servers = await reader.joinedServers(room.room, '', maxServers)
    const known = servers.map(({ server }) => server as ServerName)
    return [...new Set([...known, ...partialRooms.servers(roomId)])]
  }
}
