/**
 * GET /rooms/{roomId}/threads: the roots of threads, the one with the newest event first. Client-server API, "Threading".
 */
import { Type } from 'typebox'
import { endpoint, v1 } from '../endpoint.ts'
import { clientEvents } from '../events/client-event.ts'
import { loadEvents } from '../events/load-events.ts'
import { visibleOf } from '../events/visible.ts'
import { readTimelineToken, writeTimelineToken } from '../sync/token.ts'
import { viewOf } from './room-view.ts'
import { clientEvent } from './schemas.ts'

const defaultLimit = 50
const maxLimit = 100

export const threads = endpoint(
  {
    method: 'GET',
    at: v1,
    path: '/rooms/{roomId}/threads',
    access: 'user',
    query: Type.Object({
      include: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('participated')])),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      from: Type.Optional(Type.String()),
    }),
    response: Type.Object({ chunk: Type.Array(clientEvent), next_batch: Type.Optional(Type.String()) }),
  },
  async ({ context, caller, parameters, query }) => {
    const { roomId } = parameters
    const { userId } = caller
    const { upTo } = await viewOf(context, roomId, userId)
    const below = query.from === undefined ? upTo + 1 : readTimelineToken(query.from)
    const limit = Math.min(query.limit ?? defaultLimit, maxLimit)
    const page = context.tables.timeline.threadRoots(roomId, below, limit)
    const roots = page.map(({ root }) => ({ eventId: root }))
    const visible = (await visibleOf(context, roomId, userId, roots)).map(({ eventId }) => eventId)
    const shown = query.include === 'participated' ? await participatedIn(visible) : visible
    const last = page.at(-1)
    return {
      chunk: (await clientEvents(context, roomId, shown, caller)) as never[],
      ...(page.length === limit && last !== undefined ? { next_batch: writeTimelineToken(last.newest) } : {}),
    }

    /** Threads that the caller has begun or written in. */
    async function participatedIn(eventIds: readonly string[]): Promise<string[]> {
      const events = await loadEvents(context, roomId, eventIds)
      return eventIds.filter(
        eventId =>
          events.get(eventId)?.sender === userId || context.tables.timeline.isInThread(roomId, eventId, userId),
      )
    }
  },
)
