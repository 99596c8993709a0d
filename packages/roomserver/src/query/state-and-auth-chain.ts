/**
 * The state before an event and the auth chain of that state. Server-server API, "Retrieving events", `/state` and `/state_ids`.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { RoomServerError } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { pdus } from './event-infos.ts'
import { noSuchEvent, resolving, roomOf, rowOf } from './find-room.ts'
import { refuseOutsiders } from './server-in-room.ts'
import { eventIdsOf } from './state-entries.ts'
import { visibleToServer } from './visible-events.ts'

export async function stateAndAuthChain(
  request: RequestTo<'queryStateAndAuthChain'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryStateAndAuthChain'>> {
  const { roomId, eventId, idsOnly, seenBy } = request
  const { states, reader } = context
  const room = await roomOf(roomId, context)
  if (seenBy !== undefined) await refuseOutsiders(seenBy, room, context)
  const row = await rowOf(eventId, room, context)
  if (row.outlier || row.status === 'rejected') throw noSuchEvent(eventId, roomId)
  if (seenBy !== undefined && !(await visibleToServer(seenBy, [row], room, context))[0])
    throw new RoomServerError('M_FORBIDDEN', `${seenBy} may not see event ${eventId} in room ${roomId}`)
  const state = [...(await states.view(row.snapshotBefore)).entries()].map(({ event }) => event)
  const authEvents = (await reader.events(state)).map(({ authEvents }) => authEvents)
  const chain = await states.authChain(resolving(room), authEvents)
  if (idsOnly) return { stateIds: await eventIdsOf(state, context), authChainIds: await eventIdsOf(chain, context) }
  return { state: await pdus(state, room.row, context), authChain: await pdus(chain, room.row, context) }
}
