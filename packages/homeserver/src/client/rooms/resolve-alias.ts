/**
 * The room that an alias stands for: one of this server is looked up here, others are asked of their servers.
 */
import { type RoomAlias, serverNameOfAlias } from '@neurite/protocol'
import { RoomServerError } from '@neurite/roomserver/api'
import { askServicesForAlias } from '../application-services/ask-for-alias.ts'
import type { ClientContext } from '../context.ts'

export interface ResolvedAlias {
  readonly roomId: string
  readonly servers: readonly string[]
}

/** @throws {ClientError | RoomServerError} `M_NOT_FOUND`, `M_UNREACHABLE` */
export async function resolveAlias(
  context: ClientContext,
  alias: RoomAlias,
  signal: AbortSignal,
): Promise<ResolvedAlias> {
  const { serverName, remoteRooms } = context
  const server = serverNameOfAlias(alias)
  if (server !== serverName) return remoteRooms.alias(server, alias, signal)
  try {
    return await aliasHere(context, alias)
  } catch (error) {
    const isMissing = error instanceof RoomServerError && error.errcode === 'M_NOT_FOUND'
    if (!isMissing || !(await askServicesForAlias(context, alias, signal))) throw error
    return aliasHere(context, alias)
  }
}

async function aliasHere({ roomServer }: ClientContext, alias: RoomAlias): Promise<ResolvedAlias> {
  const { roomId, servers } = await roomServer.queryAlias({ alias })
  return { roomId, servers }
}
