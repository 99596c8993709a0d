/**
 * GET /rooms/{roomId}/context/{eventId}. Client-server API, "Event Context".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { notFound } from '../errors.ts'
import { clientEvents } from '../events/client-event.ts'
import { visibleOf } from '../events/visible.ts'
import { parseRoomEventFilter } from '../filters/parse-filter.ts'
import { writeTimelineToken } from '../sync/token.ts'
import { membersOfSenders } from './lazy-members.ts'
import { timelinePage } from './pages.ts'
import { viewOf } from './room-view.ts'
import { clientEvent } from './schemas.ts'

/** The specification's default: half of them before the event, half after it. */
const defaultLimit = 10
const maxLimit = 200

export const eventContext = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/rooms/{roomId}/context/{eventId}',
    access: 'user',
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
      filter: Type.Optional(Type.String()),
    }),
    response: Type.Object({
      start: Type.String(),
      end: Type.String(),
      event: clientEvent,
      events_before: Type.Array(clientEvent),
      events_after: Type.Array(clientEvent),
      state: Type.Array(clientEvent),
    }),
  },
  async ({ context, caller, parameters, query }) => {
    const { roomId, eventId } = parameters
    const { userId } = caller
    const { upTo } = await viewOf(context, roomId, userId)
    const { timeline, roomStates } = context.tables
    const row = timeline.find(roomId, eventId)
    const visible = row === undefined ? [] : await visibleOf(context, roomId, userId, [row])
    if (row === undefined || visible.length === 0)
      throw notFound(`there is no event ${eventId} in room ${roomId} that you may see`)
    const filter = parseRoomEventFilter(query.filter)
    const limit = Math.min(query.limit ?? filter?.limit ?? defaultLimit, maxLimit)
    const nothing = { rows: [], isOver: false }
    const wish = { roomId, userId, filter }
    const half = Math.floor(limit / 2)
    const oldest = Number.MIN_SAFE_INTEGER
    const before =
      half === 0
        ? { ...nothing, end: row.position - 1 }
        : await timelinePage(context, { ...wish, direction: 'b', from: row.position - 1, to: oldest, limit: half })
    const half2 = limit - half
    const after =
      half2 === 0
        ? { ...nothing, end: row.position }
        : await timelinePage(context, { ...wish, direction: 'f', from: row.position, to: upTo, limit: half2 })
    const shown = [...before.rows, row, ...after.rows]
    const last = after.rows.at(-1) ?? row
    const at = last.position
    const stateIds =
      filter?.lazy_load_members === true
        ? [
            ...roomStates.withoutMembersAt(roomId, at).map(entry => entry.eventId),
            ...membersOfSenders(context, roomId, shown),
          ]
        : roomStates.at(roomId, at).map(entry => entry.eventId)
    const events = (rows: readonly { readonly eventId: string }[]) =>
      clientEvents(
        context,
        roomId,
        rows.map(one => one.eventId),
        caller,
      )
    const [event] = await events([row])
    if (event === undefined) throw notFound(`event ${eventId} is gone`)
    return {
      start: writeTimelineToken(before.end),
      end: writeTimelineToken(after.end),
      event: event as never,
      events_before: (await events(before.rows)) as never[],
      events_after: (await events(after.rows)) as never[],
      state: (await clientEvents(context, roomId, stateIds, caller)) as never[],
    }
  },
)
