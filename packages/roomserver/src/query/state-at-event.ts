/**
 * The state before or after an event, as event IDs.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { isPartial, noSuchEvent, roomOf, rowOf } from './find-room.ts'
import { entriesOf } from './state-entries.ts'

export async function stateAtEvent(
  request: RequestTo<'queryStateAtEvent'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryStateAtEvent'>> {
  const { roomId, eventId, when, state } = request
  const room = await roomOf(roomId, context)
  const row = await rowOf(eventId, room, context)
  if (row.outlier) throw noSuchEvent(eventId, roomId)
  const view = await context.states.view(when === 'before' ? row.snapshotBefore : row.snapshotAfter)
  return { entries: await entriesOf(view, state, context), partial: isPartial(view) }
}
