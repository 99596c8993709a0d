/**
 * POST /search: what was written in the rooms of a user. Client-server API, "Server Side Search".
 */
import { type Static, Type } from 'typebox'
import type { FoundText } from '../../storage/event-texts.ts'
import type { TimelineRow } from '../../storage/timeline.ts'
import type { Caller } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { invalidParameter } from '../errors.ts'
import { clientEvents } from '../events/client-event.ts'
import { eventPredicate, isRoomWanted } from '../events/event-filter.ts'
import { loadEvents } from '../events/load-events.ts'
import { visibleOf } from '../events/visible.ts'
import { roomEventFilter } from '../filters/filter-schema.ts'
import { membersOfSenders } from '../rooms/lazy-members.ts'
import { timelinePage } from '../rooms/pages.ts'
import { roomsOf } from '../rooms/rooms-of.ts'
import { clientEvent } from '../rooms/schemas.ts'
import { anyObject } from '../schemas.ts'
import { writeTimelineToken } from '../sync/token.ts'

const defaultLimit = 10
const maxLimit = 100
/** Events before and after each result. */
const defaultContext = 5
const maxContext = 20
/** Texts that one search looks at: what is beyond them is not counted. */
const maxFound = 2_000
/** Words of one search. */
const maxWords = 50

const keys = ['content.body', 'content.name', 'content.topic'] as const

const wish = Type.Object({
  search_term: Type.String({ maxLength: 1_000 }),
  keys: Type.Optional(Type.Array(Type.Union(keys.map(key => Type.Literal(key))))),
  filter: Type.Optional(roomEventFilter),
  order_by: Type.Optional(Type.Union([Type.Literal('recent'), Type.Literal('rank')])),
  event_context: Type.Optional(
    Type.Object({
      before_limit: Type.Optional(Type.Integer({ minimum: 0 })),
      after_limit: Type.Optional(Type.Integer({ minimum: 0 })),
      include_profile: Type.Optional(Type.Boolean()),
    }),
  ),
  groupings: Type.Optional(
    Type.Object({
      group_by: Type.Optional(
        Type.Array(Type.Object({ key: Type.Optional(Type.Union([Type.Literal('room_id'), Type.Literal('sender')])) })),
      ),
    }),
  ),
  include_state: Type.Optional(Type.Boolean()),
})

const found = Type.Object({
  count: Type.Integer(),
  highlights: Type.Array(Type.String()),
  results: Type.Array(Type.Object({ rank: Type.Number(), result: clientEvent, context: Type.Optional(anyObject) })),
  next_batch: Type.Optional(Type.String()),
  groups: Type.Optional(anyObject),
  state: Type.Optional(Type.Record(Type.String(), Type.Array(clientEvent))),
})

export const search = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/search',
    access: 'user',
    query: Type.Object({ next_batch: Type.Optional(Type.String()) }),
    body: Type.Object({ search_categories: Type.Object({ room_events: Type.Optional(wish) }) }),
    response: Type.Object({ search_categories: Type.Object({ room_events: Type.Optional(found) }) }),
  },
  async ({ context, caller, query, body }) => {
    const { room_events: wanted } = body.search_categories
    if (wanted === undefined) return { search_categories: {} }
    await context.rooms.catchUp()
    return { search_categories: { room_events: await searchEvents(context, caller, wanted, query.next_batch) } }
  },
)

interface Hit {
  readonly text: FoundText
  readonly row: TimelineRow
}

async function searchEvents(
  context: ClientContext,
  caller: Caller,
  wanted: Static<typeof wish>,
  nextBatch: string | undefined,
): Promise<Static<typeof found>> {
  const start = startOf(nextBatch)
  const limit = Math.max(1, Math.min(wanted.filter?.limit ?? defaultLimit, maxLimit))
  const words = wanted.search_term.split(/\s+/).filter(Boolean).slice(0, maxWords)
  const hits = words.length === 0 ? [] : await hitsOf(context, caller, wanted, words)
  const page = hits.slice(start, start + limit)
  const results: Static<typeof found>['results'] = []
  for (const { text, row } of page) {
    const [result] = await clientEvents(context, row.roomId, [row.eventId], caller)
    if (result === undefined) continue
    const around = wanted.event_context === undefined ? {} : { context: await contextOf(context, caller, row, wanted) }
    results.push({ rank: text.rank, result: result as never, ...around })
  }
  const rooms = [...new Set(page.map(({ row }) => row.roomId))]
  return {
    count: hits.length,
    highlights: words,
    results,
    ...(page.length === limit ? { next_batch: `${start + limit}` } : {}),
    ...groupsOf(page, wanted),
    ...(wanted.include_state === true ? { state: await statesOf(context, caller, rooms) } : {}),
  }
}

function startOf(nextBatch: string | undefined): number {
  if (nextBatch === undefined || nextBatch === '') return 0
  if (!/^\d{1,6}$/.test(nextBatch)) throw invalidParameter(`${JSON.stringify(nextBatch)} is no place in a search`)
  return Number(nextBatch)
}

/** All that the user may see, the best or the newest first. */
async function hitsOf(
  context: ClientContext,
  { userId }: Caller,
  { keys: named, filter, order_by: order = 'rank' }: Static<typeof wish>,
  words: readonly string[],
): Promise<Hit[]> {
  const { tables, roomServer } = context
  const joined = await roomsOf(roomServer, userId, 'join')
  const roomIds = joined.map(({ roomId }) => roomId).filter(roomId => isRoomWanted(filter, roomId))
  const texts = tables.eventTexts.search({ words, roomIds, keys: named ?? [...keys], order, limit: maxFound })
  const isWanted = eventPredicate(filter)
  const hits = texts.flatMap(text => {
    const row = tables.timeline.find(text.roomId, text.eventId)
    return row !== undefined && isWanted(row) ? [{ text, row }] : []
  })
  const visible = new Set<string>()
  for (const [roomId, ofRoom] of Map.groupBy(hits, ({ row }) => row.roomId))
    for (const { eventId } of await visibleOf(
      context,
      roomId,
      userId,
      ofRoom.map(({ row }) => row),
    ))
      visible.add(`${roomId} ${eventId}`)
  return hits.filter(({ row }) => visible.has(`${row.roomId} ${row.eventId}`))
}

async function contextOf(
  context: ClientContext,
  caller: Caller,
  row: TimelineRow,
  { event_context: given = {} }: Static<typeof wish>,
): Promise<Record<string, unknown>> {
  const { userId } = caller
  const { roomId, position } = row
  const page = { roomId, userId, filter: undefined }
  const side = async (direction: 'b' | 'f', given: number | undefined) => {
    const limit = Math.min(given ?? defaultContext, maxContext)
    const from = direction === 'b' ? position - 1 : position
    const to = direction === 'b' ? Number.MIN_SAFE_INTEGER : context.rooms.position
    return limit === 0 ? { rows: [], end: from } : timelinePage(context, { ...page, direction, from, to, limit })
  }
  const [before, after] = [await side('b', given.before_limit), await side('f', given.after_limit)]
  const events = ({ rows }: { readonly rows: readonly TimelineRow[] }) =>
    clientEvents(
      context,
      roomId,
      rows.map(({ eventId }) => eventId),
      caller,
    )
  return {
    start: writeTimelineToken(before.end),
    end: writeTimelineToken(after.end),
    events_before: await events(before),
    events_after: await events(after),
    ...(given.include_profile === true
      ? { profile_info: await profilesOf(context, [...before.rows, row, ...after.rows]) }
      : {}),
  }
}

/** The names and pictures that those who wrote had then. */
async function profilesOf(context: ClientContext, rows: readonly TimelineRow[]): Promise<Record<string, unknown>> {
  const [first] = rows
  if (first === undefined) return {}
  const members = await loadEvents(context, first.roomId, membersOfSenders(context, first.roomId, rows))
  const profiles = [...members.values()].map(({ stateKey, content }) => [
    stateKey,
    { displayname: content['displayname'], avatar_url: content['avatar_url'] },
  ])
  return Object.fromEntries(profiles)
}

function groupsOf(page: readonly Hit[], { groupings }: Static<typeof wish>): { groups?: Record<string, unknown> } {
  const wanted = (groupings?.group_by ?? []).flatMap(({ key }) => key ?? [])
  if (wanted.length === 0) return {}
  const groups = wanted.map(key => {
    const by = Map.groupBy(page, ({ row }) => (key === 'room_id' ? row.roomId : row.sender))
    const entries = [...by].map(([name, hits], order) => [name, { order, results: hits.map(({ row }) => row.eventId) }])
    return [key, Object.fromEntries(entries)]
  })
  return { groups: Object.fromEntries(groups) }
}

async function statesOf(
  context: ClientContext,
  caller: Caller,
  rooms: readonly string[],
): Promise<Record<string, never[]>> {
  const states: [string, never[]][] = []
  for (const roomId of rooms) {
    const entries = context.tables.roomStates.at(roomId, context.rooms.position)
    const eventIds = entries.map(({ eventId }) => eventId)
    states.push([roomId, (await clientEvents(context, roomId, eventIds, caller)) as never[]])
  }
  return Object.fromEntries(states)
}
