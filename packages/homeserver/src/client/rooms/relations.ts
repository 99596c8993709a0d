/**
 * GET /rooms/{roomId}/relations/{eventId}, also by type of relation and of event. Client-server API, "Forming relationships between
 * events", "Querying relationships".
 */
import { Type } from 'typebox'
import type { Caller } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v1 } from '../endpoint.ts'
import { notFound } from '../errors.ts'
import { clientEvents } from '../events/client-event.ts'
import { visibleOf } from '../events/visible.ts'
import { readTimelineToken, writeTimelineToken } from '../sync/token.ts'
import { viewOf } from './room-view.ts'
import { clientEvent, direction } from './schemas.ts'

const defaultLimit = 50
const maxLimit = 500
/** Events that relate to one, of which a page is made. */
const maxRelating = 10_000

const query = Type.Object({
  dir: Type.Optional(direction),
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  recurse: Type.Optional(Type.Boolean()),
})
type Query = { dir?: 'b' | 'f'; from?: string; to?: string; limit?: number; recurse?: boolean }

const data = {
  method: 'GET',
  at: v1,
  access: 'user',
  query,
  response: Type.Object({
    chunk: Type.Array(clientEvent),
    next_batch: Type.Optional(Type.String()),
    prev_batch: Type.Optional(Type.String()),
    recursion_depth: Type.Optional(Type.Integer()),
  }),
} as const

interface Wish {
  readonly roomId: string
  readonly eventId: string
  readonly relType?: string
  readonly eventType?: string
}

export const relations = endpoint(
  { ...data, path: '/rooms/{roomId}/relations/{eventId}' },
  ({ context, caller, parameters, query: given }) => page(context, caller, parameters, given),
)

export const relationsOfType = endpoint(
  { ...data, path: '/rooms/{roomId}/relations/{eventId}/{relType}' },
  ({ context, caller, parameters, query: given }) => page(context, caller, parameters, given),
)

export const relationsOfTypes = endpoint(
  { ...data, path: '/rooms/{roomId}/relations/{eventId}/{relType}/{eventType}' },
  ({ context, caller, parameters, query: given }) => page(context, caller, parameters, given),
)

async function page(context: ClientContext, caller: Caller, wish: Wish, given: Query) {
  const { roomId, eventId, relType, eventType } = wish
  const { upTo } = await viewOf(context, roomId, caller.userId)
  if ((await visibleOf(context, roomId, caller.userId, [{ eventId }])).length === 0)
    throw notFound(`there is no event ${eventId} in room ${roomId} that you may see`)
  const isForwards = given.dir === 'f'
  const from = given.from === undefined ? undefined : readTimelineToken(given.from)
  const to = given.to === undefined ? undefined : readTimelineToken(given.to)
  const limit = Math.min(given.limit ?? defaultLimit, maxLimit)
  const [lower, upper] = isForwards ? [from, to] : [to, from]
  const { rows, depth } = relating(context, wish, given.recurse === true, {
    above: lower ?? Number.MIN_SAFE_INTEGER,
    upTo: Math.min(upper ?? upTo, upTo),
  })
  const wanted = rows
    .filter(row => relType === undefined || row.relation === relType)
    .filter(row => eventType === undefined || row.type === eventType)
  if (isForwards) wanted.reverse()
  const visible = await visibleOf(context, roomId, caller.userId, wanted)
  const shown = visible.slice(0, limit)
  const last = shown.at(-1)
  const chunk = await clientEvents(
    context,
    roomId,
    shown.map(row => row.eventId),
    caller,
  )
  return {
    chunk: chunk as never[],
    ...(visible.length > limit && last !== undefined
      ? { next_batch: writeTimelineToken(isForwards ? last.position : last.position - 1) }
      : {}),
    ...(given.from === undefined ? {} : { prev_batch: given.from }),
    ...(given.recurse === true ? { recursion_depth: depth } : {}),
  }
}

/** How far relations of relations are followed: the specification wants three levels. */
const maxDepth = 3

/** Newest first. */
function relating(
  { tables }: ClientContext,
  { roomId, eventId }: Wish,
  recurse: boolean,
  { above, upTo }: { readonly above: number; readonly upTo: number },
) {
  const rows = tables.timeline.relating(roomId, eventId, above, upTo, maxRelating)
  const found = new Map(rows.map(row => [row.eventId, row]))
  let depth = 1
  for (let level = rows; recurse && depth < maxDepth && level.length > 0 && found.size < maxRelating; depth++) {
    level = level
      .flatMap(row => tables.timeline.relating(roomId, row.eventId, above, upTo, maxRelating))
      .filter(row => !found.has(row.eventId))
    for (const row of level) found.set(row.eventId, row)
  }
  return { rows: [...found.values()].sort((a, b) => b.position - a.position), depth }
}
