/**
 * Finding a room by its ID or an alias of it. Client-server API, "POST /join/{roomIdOrAlias}".
 */
import { isRoomAlias, type RoomId, type ServerName, serverNameOfAlias } from '@neurite/protocol'
import { RoomServerError } from '../api/index.ts'
import type { PerformContext } from './context.ts'
import { otherServers, roomIdOf } from './names.ts'
import { networkOf } from './network.ts'

export interface WantedRoom {
  readonly roomId: RoomId
  /** Other servers that may know it, best first. */
  readonly servers: readonly ServerName[]
}

/** @throws {RoomServerError} `M_INVALID_PARAM`, `M_NOT_FOUND` where there is no such alias, `M_UNREACHABLE` */
export async function resolveRoom(
  roomIdOrAlias: string,
  via: readonly string[] = [],
  context: PerformContext,
): Promise<WantedRoom> {
  const { serverName, storage } = context
  const named = otherServers(via, serverName)
  if (!isRoomAlias(roomIdOrAlias)) return { roomId: roomIdOf(roomIdOrAlias), servers: named }
  const unknown = () => new RoomServerError('M_NOT_FOUND', `there is no alias ${roomIdOrAlias}`)
  if (serverNameOfAlias(roomIdOrAlias) === serverName) {
    const row = await storage.reader.alias(roomIdOrAlias)
    if (row === undefined) throw unknown()
    return { roomId: roomIdOf(row.roomId), servers: named }
  }
  const network = networkOf(context, `${roomIdOrAlias} is an alias of another server`)
  const found = await network.resolveAlias(roomIdOrAlias)
  if (found === undefined) throw unknown()
  return { roomId: found.roomId, servers: otherServers([...named, ...found.servers], serverName) }
}
