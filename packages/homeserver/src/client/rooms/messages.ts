/**
 * GET /rooms/{roomId}/messages. Client-server API, "Getting events for a room", "Syncing".
 */
import { RoomServerError } from '@neurite/roomserver/api'
import { Type } from 'typebox'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError } from '../errors.ts'
import { clientEvents } from '../events/client-event.ts'
import { parseRoomEventFilter } from '../filters/parse-filter.ts'
import { readTimelineToken, writeTimelineToken } from '../sync/token.ts'
import { membersOfSenders } from './lazy-members.ts'
import { type PageWish, timelinePage } from './pages.ts'
import { viewOf } from './room-view.ts'
import { clientEvent, direction } from './schemas.ts'

/** The specification's default. */
const defaultLimit = 10
/** A page is loaded and judged event by event. */
const maxLimit = 1_000
/** Events fetched from other servers at once. */
const maxBackfill = 100
/** Times that other servers are asked for one page. */
const maxBackfills = 3

export const messages = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/rooms/{roomId}/messages',
    access: 'user',
    query: Type.Object({
      dir: Type.Optional(direction),
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
      filter: Type.Optional(Type.String()),
    }),
    response: Type.Object({
      start: Type.String(),
      end: Type.Optional(Type.String()),
      chunk: Type.Array(clientEvent),
      state: Type.Optional(Type.Array(clientEvent)),
    }),
  },
  async ({ context, caller, parameters, query }) => {
    const { roomId } = parameters
    const { userId } = caller
    const { upTo } = await viewOf(context, roomId, userId)
    // Who may not look at all is told so first.
    if (query.dir === undefined) throw new ClientError('M_MISSING_PARAM', 'missing in the query: dir')
    const filter = parseRoomEventFilter(query.filter)
    const isBack = query.dir === 'b'
    const from = query.from === undefined ? (isBack ? upTo : beginning) : readTimelineToken(query.from)
    const to = query.to === undefined ? (isBack ? beginning : upTo) : readTimelineToken(query.to)
    const wish: PageWish = {
      ...{ roomId, userId, filter, direction: query.dir },
      from: isBack ? Math.min(from, upTo) : from,
      to: isBack ? to : Math.min(to, upTo),
      limit: Math.max(1, Math.min(query.limit ?? filter?.limit ?? defaultLimit, maxLimit)),
    }
    const page = await timelinePage(context, { ...wish, atGap: fillingGaps(context) })
    const eventIds = page.rows.map(({ eventId }) => eventId)
    const members = filter?.lazy_load_members === true ? membersOfSenders(context, roomId, page.rows) : []
    return {
      start: writeTimelineToken(from),
      ...(page.isOver ? {} : { end: writeTimelineToken(page.end) }),
      chunk: (await clientEvents(context, roomId, eventIds, caller)) as never[],
      ...(members.length === 0 ? {} : { state: (await clientEvents(context, roomId, members, caller)) as never[] }),
    }
  },
)

/** Below every place of a timeline. */
const beginning = Number.MIN_SAFE_INTEGER

/** Asks other servers for what is missing; what is here is shown all the same. */
function fillingGaps(context: ClientContext): NonNullable<PageWish['atGap']> {
  let tries = 0
  return async ({ roomId, eventId }) => {
    if (tries++ === maxBackfills) return
    try {
      await context.roomServer.performBackfill({ roomId, before: [eventId], limit: maxBackfill })
    } catch (error) {
      if (!(error instanceof RoomServerError)) throw error
    }
    await context.rooms.catchUp()
  }
}
