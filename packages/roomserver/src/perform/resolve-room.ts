/**
 * Finding a room by its ID or an alias of it. Client-server API, "POST /join/{roomIdOrAlias}".
 */
import type { RoomId, ServerName } from '@neurite/protocol'
import type { PerformContext } from './context.ts'
import { otherServers, roomIdOf } from './names.ts'

export interface WantedRoom {
  readonly roomId: RoomId
  /** Other servers that may know it, best first. */
  readonly servers: readonly ServerName[]
}

export async function resolveRoom(
  roomIdOrAlias: string,
  via: readonly string[] = [],
  { serverName }: PerformContext,
): Promise<WantedRoom> {
  return { roomId: roomIdOf(roomIdOrAlias), servers: otherServers(via, serverName) }
}
