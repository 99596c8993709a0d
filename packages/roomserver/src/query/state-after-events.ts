/**
 * The state after some events: what the states after them resolve to. Nothing of it is stored.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { eventInfos } from './event-infos.ts'
import { isPartial, noSuchEvent, resolving, roomOf, rowsOf } from './find-room.ts'
import { wantedEvents } from './state-entries.ts'

export async function stateAfterEvents(
  request: RequestTo<'queryStateAfterEvents'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryStateAfterEvents'>> {
  const { roomId, eventIds, state } = request
  const room = await roomOf(roomId, context)
  const rows = await rowsOf(eventIds, room, context)
  for (const eventId of eventIds) if (rows.get(eventId)?.outlier !== false) throw noSuchEvent(eventId, roomId)
  const snapshots = [...rows.values()].map(({ snapshotAfter }) => snapshotAfter)
  const view = await context.states.resolved(resolving(room), snapshots)
  const events = await wantedEvents(state, view, context)
  return {
    roomVersion: room.row.roomVersion,
    state: await eventInfos(events, room.row, context),
    partial: isPartial(view),
  }
}
