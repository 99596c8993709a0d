/**
 * The events before and including some, newest first. Server-server API, "Backfilling and retrieving missing events".
 */
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import type { EventRow } from '../storage/rows.ts'
import type { EventNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { roomOf, rowsOf } from './find-room.ts'
import { pdusForServer } from './history-for-server.ts'
import { refuseOutsiders } from './server-in-room.ts'

export async function backfill(
  request: RequestTo<'queryBackfill'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryBackfill'>> {
  const { roomId, server, eventIds, limit } = request
  const { reader } = context
  const room = await roomOf(roomId, context)
  await refuseOutsiders(server, room, context)
  const seen = new Set<EventNid>()
  const found: EventRow[] = []
  let open = [...(await rowsOf(eventIds, room, context)).values()]
  for (const { event } of open) seen.add(event)
  while (open.length > 0 && found.length < limit) {
    // The deepest first, all of one depth together: one round trip for each depth.
    const deepest = deepestOf(open)
    const layer = open.filter(({ depth }) => depth === deepest)
    found.push(...layer.filter(({ outlier, status }) => !outlier && status !== 'rejected'))
    const prev = [...new Set(layer.flatMap(({ prevEvents }) => prevEvents))].filter(event => !seen.has(event))
    for (const event of prev) seen.add(event)
    open = [...open.filter(({ depth }) => depth !== deepest), ...(await reader.events(prev))]
  }
  // Servers take an empty answer for the beginning of the room, and ask no other.
  if (found.length === 0) throw new RoomServerError('M_NOT_FOUND', `none of the events has its place in ${roomId} here`)
  return { events: await pdusForServer(server, found.slice(0, limit), room, context) }
}

function deepestOf(rows: readonly EventRow[]): number | bigint {
  let deepest: number | bigint = 0
  for (const { depth } of rows) if (depth > deepest) deepest = depth
  return deepest
}
