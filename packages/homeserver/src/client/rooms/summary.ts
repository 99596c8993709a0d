/**
 * GET /room_summary/{roomIdOrAlias}: what there is to say about a room to somebody who is not in it. Client-server API, "Listing rooms".
 */
import { isRoomAlias } from '@neurite/protocol'
import { Type } from 'typebox'
import { endpoint, v1 } from '../endpoint.ts'
import { resolveAlias } from './resolve-alias.ts'
import { chunkOf, roomChunk } from './room-chunk.ts'
import { viaQuery } from './schemas.ts'

export const roomSummary = endpoint(
  {
    method: 'GET',
    at: v1,
    path: '/room_summary/{roomIdOrAlias}',
    access: 'optional',
    query: viaQuery,
    response: Type.Intersect([roomChunk, Type.Object({ membership: Type.Optional(Type.String()) })]),
  },
  async ({ context, caller, parameters, request }) => {
    const { roomServer } = context
    const { roomIdOrAlias: named } = parameters
    const roomId = isRoomAlias(named) ? (await resolveAlias(context, named, request.signal)).roomId : named
    // It says, as a hierarchy does, nothing of rooms that the asker may not know of; to strangers only what everybody may know.
    const { rooms } = await roomServer.queryRoomHierarchy({
      ...{ roomId, maxDepth: 0, limit: 1 },
      ...(caller === undefined ? {} : { userId: caller.userId }),
    })
    const [found] = rooms
    if (found === undefined) throw new Error(`the hierarchy of ${roomId} has no root`)
    const { membership } =
      caller === undefined
        ? { membership: undefined }
        : await roomServer.queryMembership({ roomId, userId: caller.userId })
    return { ...chunkOf(found.room), ...(membership === undefined ? {} : { membership }) }
  },
)
