/**
 * The room that an alias stands for: one of this server is looked up here, others are asked of their servers.
 */
import { type RoomAlias, serverNameOfAlias } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'

export interface ResolvedAlias {
  readonly roomId: string
  readonly servers: readonly string[]
}

/** @throws {ClientError | RoomServerError} `M_NOT_FOUND`, `M_UNREACHABLE` */
export async function resolveAlias(
  { serverName, roomServer, remoteRooms }: ClientContext,
  alias: RoomAlias,
  signal: AbortSignal,
): Promise<ResolvedAlias> {
  const server = serverNameOfAlias(alias)
  if (server !== serverName) return remoteRooms.alias(server, alias, signal)
  const { roomId, servers } = await roomServer.queryAlias({ alias })
  return { roomId, servers }
}
