/**
 * The auth chain of some events: their auth events, the auth events of these, and so on.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { pdus } from './event-infos.ts'
import { noSuchEvent, resolving, roomOf, rowsOf } from './find-room.ts'
import { refuseOutsiders } from './server-in-room.ts'
import { eventIdsOf } from './state-entries.ts'

export async function authChain(
  request: RequestTo<'queryAuthChain'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryAuthChain'>> {
  const { roomId, eventIds, idsOnly, seenBy } = request
  const room = await roomOf(roomId, context)
  if (seenBy !== undefined) await refuseOutsiders(seenBy, room, context)
  const rows = await rowsOf(eventIds, room, context)
  for (const eventId of eventIds) if (!rows.has(eventId)) throw noSuchEvent(eventId, roomId)
  const authEvents = [...rows.values()].map(({ authEvents }) => authEvents)
  const chain = await context.states.authChain(resolving(room), authEvents)
  return idsOnly ? { eventIds: await eventIdsOf(chain, context) } : { events: await pdus(chain, room.row, context) }
}
