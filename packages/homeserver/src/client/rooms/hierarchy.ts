/**
 * GET /rooms/{roomId}/hierarchy. Client-server API, "Spaces", "Discovering rooms within spaces".
 */
import { Type } from 'typebox'
import { endpoint, v1 } from '../endpoint.ts'
import { anyObject } from '../schemas.ts'
import { chunkOf, roomChunk } from './room-chunk.ts'

const defaultLimit = 50
const maxLimit = 100
/** The room server's bound: deeper than that no space is. */
const maxDepth = 100

export const hierarchy = endpoint(
  {
    method: 'GET',
    at: v1,
    path: '/rooms/{roomId}/hierarchy',
    access: 'user',
    query: Type.Object({
      suggested_only: Type.Optional(Type.Boolean()),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      max_depth: Type.Optional(Type.Integer({ minimum: 0 })),
      from: Type.Optional(Type.String()),
    }),
    response: Type.Object({
      rooms: Type.Array(Type.Intersect([roomChunk, Type.Object({ children_state: Type.Array(anyObject) })])),
      next_batch: Type.Optional(Type.String()),
    }),
  },
  async ({ context, caller, parameters, query }) => {
    const { rooms, next } = await context.roomServer.queryRoomHierarchy({
      roomId: parameters.roomId,
      userId: caller.userId,
      limit: Math.min(query.limit ?? defaultLimit, maxLimit),
      ...(query.suggested_only === undefined ? {} : { suggestedOnly: query.suggested_only }),
      ...(query.max_depth === undefined ? {} : { maxDepth: Math.min(query.max_depth, maxDepth) }),
      ...(query.from === undefined ? {} : { after: query.from }),
    })
    return {
      rooms: rooms.map(({ room, children }) => ({
        ...chunkOf(room),
        children_state: children.map(({ stateKey, sender, originServerTs, content }) => ({
          ...{ type: 'm.space.child', state_key: stateKey, sender, origin_server_ts: originServerTs, content },
        })),
      })),
      ...(next === undefined ? {} : { next_batch: next }),
    }
  },
)
