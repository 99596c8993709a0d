/**
 * Which of some events a server may see. The rule: auth/history-visibility.ts.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { roomOf, rowsOf } from './find-room.ts'
import { visibleToServer } from './visible-events.ts'

export async function serverAllowedToSeeEvents(
  request: RequestTo<'queryServerAllowedToSeeEvents'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryServerAllowedToSeeEvents'>> {
  const { server, roomId, eventIds } = request
  const room = await roomOf(roomId, context)
  const rows = await rowsOf(eventIds, room, context)
  const visible = await visibleToServer(server, [...rows.values()], room, context)
  const allowed = new Map([...rows.keys()].map((id, at) => [id, visible[at] === true]))
  return { allowed: eventIds.map(id => allowed.get(id) ?? false) }
}
