/**
 * The current state of a room: all of it, some entries, or all of some types.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { eventInfos } from './event-infos.ts'
import { currentState, isPartial, roomOf } from './find-room.ts'
import { eventsOfTypes, wantedEvents } from './state-entries.ts'

export async function currentStateOfRoom(
  request: RequestTo<'queryCurrentState'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryCurrentState'>> {
  const { roomId, state, types } = request
  const room = await roomOf(roomId, context)
  const view = await currentState(room, context)
  const named = state === undefined && types !== undefined ? [] : await wantedEvents(state, view, context)
  const ofTypes = types === undefined ? [] : await eventsOfTypes(types, view, context)
  const events = [...new Set([...named, ...ofTypes])]
  return { state: await eventInfos(events, room.row, context), partial: isPartial(view) }
}
