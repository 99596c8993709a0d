/**
 * GET /rooms/{roomId}/hierarchy. Client-server API, "Spaces", "Discovering rooms within spaces".
 */
import { Type } from 'typebox'
import { endpoint, v1 } from '../endpoint.ts'
import { invalidParameter } from '../errors.ts'
import { anyObject } from '../schemas.ts'
import { roomChunk } from './room-chunk.ts'
import { walkSpace } from './space-walk.ts'

const defaultLimit = 50
const maxLimit = 100
/** How deep a walk goes where the client names no depth, and at most: spaces of spaces have a handful. */
const defaultDepth = 50
const maxDepth = 100
/** How long other servers may take together. Milliseconds: somebody waits. */
const othersWithin = 15_000

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
  async ({ context, caller, parameters, query, request }) => {
    const { rooms, next } = await walkSpace(context, {
      roomId: parameters.roomId,
      userId: caller.userId,
      suggestedOnly: query.suggested_only === true,
      maxDepth: Math.min(query.max_depth ?? defaultDepth, maxDepth),
      limit: Math.min(query.limit ?? defaultLimit, maxLimit),
      from: placeOf(query.from),
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(othersWithin)]),
    })
    return {
      rooms: rooms.map(({ chunk, children }) => ({
        ...chunk,
        children_state: children.map(({ stateKey, sender, originServerTs, content }) => ({
          ...{ type: 'm.space.child', state_key: stateKey, sender, origin_server_ts: originServerTs, content },
        })),
      })),
      ...(next === undefined ? {} : { next_batch: `${next}` }),
    }
  },
)

function placeOf(from: string | undefined): number {
  if (from === undefined) return 0
  if (/^\d{1,9}$/.test(from)) return Number(from)
  throw invalidParameter(`${JSON.stringify(from)} is no place in this hierarchy`)
}
