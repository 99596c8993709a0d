/**
 * The newest events that a user sent to a room.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { roomOf } from './find-room.ts'
import { pageLimit } from './pages.ts'

/** Events read at once. */
const pageEvents = 500
/** Events looked at before it ends: there is no index by sender, and who asks wants the newest. */
const maxLookedAt = 20_000

export async function eventsOfUser(
  request: RequestTo<'queryEventsOfUser'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryEventsOfUser'>> {
  const { roomId, userId } = request
  const { reader, events, yieldNow } = context
  const { row } = await roomOf(roomId, context)
  const limit = pageLimit(request)
  const eventIds: string[] = []
  // Backwards by time; events of the time where a page ends come again, and are looked at once.
  const seen = new Set<string>()
  for (let timestamp = Number.MAX_SAFE_INTEGER; seen.size < maxLookedAt; await yieldNow()) {
    const page = await reader.eventsNear(row.room, timestamp, 'backwards', pageEvents)
    const fresh = page.filter(({ eventId }) => !seen.has(eventId))
    const loaded = await events.load(fresh.map(({ event }) => event))
    for (const { eventId, event } of fresh) {
      seen.add(eventId)
      if (loaded.get(event)?.sender === userId && eventIds.length < limit) eventIds.push(eventId)
    }
    const last = page.at(-1)
    if (last === undefined || page.length < pageEvents || eventIds.length === limit) break
    timestamp = fresh.length === 0 ? last.timestamp - 1 : last.timestamp
  }
  return { eventIds }
}
