/**
 * The contents of some entries of the current state over many rooms.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { EventNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, findRoom } from './find-room.ts'
import { eventsAt, eventsOfTypes, isThere } from './state-entries.ts'

export async function bulkStateContent(
  request: RequestTo<'queryBulkStateContent'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryBulkStateContent'>> {
  const { roomIds, tuples } = request
  const everyKey = tuples.filter(([, stateKey]) => stateKey === '*').map(([type]) => type)
  const named = tuples.filter(([, stateKey]) => stateKey !== '*')
  const rooms: ResponseFrom<'queryBulkStateContent'>['rooms'] = []
  for (const roomId of new Set(roomIds)) {
    const room = await findRoom(roomId, context)
    if (room === undefined) continue
    const view = await currentState(room, context)
    const nids = new Set<EventNid>((await eventsAt(named, view, context)).filter(isThere))
    for (const nid of await eventsOfTypes(everyKey, view, context)) nids.add(nid)
    const events = await context.events.load(nids)
    const state = [...events.values()].map(({ type, stateKey = '', eventId, content }) => ({
      ...{ type, stateKey, eventId },
      content: content as Record<string, unknown>,
    }))
    rooms.push({ roomId, state })
  }
  return { rooms }
}
