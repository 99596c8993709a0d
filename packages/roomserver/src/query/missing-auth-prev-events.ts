/**
 * Which of some auth and prev events are not here.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { findRoom } from './find-room.ts'

export async function missingAuthPrevEvents(
  request: RequestTo<'queryMissingAuthPrevEvents'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryMissingAuthPrevEvents'>> {
  const { roomId, authEventIds, prevEventIds } = request
  const room = await context.reader.room(roomId)
  if (room === undefined)
    return { roomExists: false, missingAuthEventIds: authEventIds, missingPrevEventIds: prevEventIds }
  const known = await context.reader.eventNids(room.room, [...new Set([...authEventIds, ...prevEventIds])])
  // An outlier has no place in the graph: what builds on it cannot be placed either.
  const outliers = new Set(
    (await context.reader.events([...known.values()])).filter(({ outlier }) => outlier).map(({ eventId }) => eventId),
  )
  return {
    roomExists: (await findRoom(roomId, context)) !== undefined,
    missingAuthEventIds: authEventIds.filter(id => !known.has(id)),
    missingPrevEventIds: prevEventIds.filter(id => !known.has(id) || outliers.has(id)),
  }
}
