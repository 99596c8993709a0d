/**
 * The events between what a server has and what it has heard of, breadth first. Server-server API, "Retrieving missing events".
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { EventRow } from '../storage/rows.ts'
import type { EventNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { roomOf, rowsOf } from './find-room.ts'
import { pdusForServer } from './history-for-server.ts'
import { refuseOutsiders } from './server-in-room.ts'

export async function missingEvents(
  request: RequestTo<'queryMissingEvents'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryMissingEvents'>> {
  const { roomId, server, earliestEvents, latestEvents, limit, minDepth } = request
  const { reader } = context
  const room = await roomOf(roomId, context)
  await refuseOutsiders(server, room, context)
  const seen = new Set<EventNid>()
  const latest = [...(await rowsOf(latestEvents, room, context)).values()]
  for (const { event } of [...(await rowsOf(earliestEvents, room, context)).values(), ...latest]) seen.add(event)
  const found: EventRow[] = []
  for (let layer = latest; layer.length > 0 && found.length < limit; ) {
    const prev = [...new Set(layer.flatMap(({ prevEvents }) => prevEvents))].filter(event => !seen.has(event))
    for (const event of prev) seen.add(event)
    layer = (await reader.events(prev)).filter(
      ({ depth, outlier, status }) => depth >= minDepth && !outlier && status !== 'rejected',
    )
    found.push(...layer)
  }
  // Old before young: so the other server can take them in as they come.
  const rows = found.slice(0, limit).reverse()
  return { events: await pdusForServer(server, rows, room, context) }
}
