/**
 * GET /room_summary/{roomIdOrAlias}: what there is to say about a room to somebody who is not in it. Client-server API, "Listing rooms".
 */
import { isRoomAlias, isServerName, type ServerName, type UserId } from '@neurite/protocol'
import { RoomServerError } from '@neurite/roomserver/api'
import { Type } from 'typebox'
import type { ClientContext } from '../context.ts'
import { endpoint, v1 } from '../endpoint.ts'
import { mayKnowOther } from './other-rooms.ts'
import { resolveAlias } from './resolve-alias.ts'
import { chunkOf, type RoomChunk, roomChunk } from './room-chunk.ts'
import { viaQuery } from './schemas.ts'
import { viaOf } from './via.ts'

/** How long other servers may take together. Milliseconds: somebody waits. */
const othersWithin = 15_000

export const roomSummary = endpoint(
  {
    method: 'GET',
    at: v1,
    path: '/room_summary/{roomIdOrAlias}',
    access: 'optional',
    query: viaQuery,
    response: Type.Intersect([roomChunk, Type.Object({ membership: Type.Optional(Type.String()) })]),
  },
  async ({ context, caller, parameters, query, request }) => {
    const { roomServer } = context
    const { roomIdOrAlias: named } = parameters
    const via = (viaOf(query).via ?? []).filter(isServerName)
    const { roomId, servers } = isRoomAlias(named)
      ? await resolveAlias(context, named, request.signal)
      : { roomId: named, servers: via }
    const isIn =
      caller === undefined ? {} : await membershipOf(roomServer.queryMembership({ roomId, userId: caller.userId }))
    try {
      // It says, as a hierarchy does, nothing of rooms that the asker may not know of; to strangers only what everybody may know.
      const { rooms } = await roomServer.queryRoomHierarchy({
        ...{ roomId, maxDepth: 0, limit: 1 },
        ...(caller === undefined ? {} : { userId: caller.userId }),
      })
      const [found] = rooms
      if (found === undefined) throw new Error(`the hierarchy of ${roomId} has no root`)
      return { ...chunkOf(found.room), ...isIn }
    } catch (error) {
      if (!isUnknown(error)) throw error
      const chunk = await summaryElsewhere(
        context,
        caller?.userId,
        roomId,
        servers.filter(isServerName),
        request.signal,
      )
      if (chunk === undefined) throw error
      return { ...chunk, ...isIn }
    }
  },
)

/** Of a room that this server is not in. Strangers are told nothing of such rooms: they could have any server asked for anything. */
async function summaryElsewhere(
  context: ClientContext,
  userId: UserId | undefined,
  roomId: string,
  via: readonly ServerName[],
  given: AbortSignal,
): Promise<RoomChunk | undefined> {
  if (userId === undefined) return undefined
  const signal = AbortSignal.any([given, AbortSignal.timeout(othersWithin)])
  const servers = via.filter(server => server !== context.serverName)
  const found = await context.otherRooms.find(roomId, servers, false, signal)
  if (found === undefined || !(await mayKnowOther(context, userId, found.chunk))) return undefined
  return found.chunk
}

async function membershipOf(asked: Promise<{ readonly membership?: string }>): Promise<{ membership?: string }> {
  try {
    const { membership } = await asked
    return membership === undefined ? {} : { membership }
  } catch (error) {
    if (isUnknown(error)) return {}
    throw error
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof RoomServerError && error.errcode === 'M_NOT_FOUND'
}
