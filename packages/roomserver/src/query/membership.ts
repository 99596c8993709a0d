/**
 * The membership of a user in a room: now, or before an event.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { memberTypeNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { noSuchEvent, roomOf, rowOf } from './find-room.ts'
import { hasGone, membershipIn } from './member-events.ts'
import { eventIdsOf } from './state-entries.ts'

export async function membership(
  request: RequestTo<'queryMembership'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryMembership'>> {
  const { roomId, userId, at } = request
  const { reader, states, events } = context
  const room = await roomOf(roomId, context)
  const forgotten = await reader.isForgotten(roomId, userId)
  const user = (await reader.stateKeyNids([userId])).get(userId)
  if (user === undefined) return { forgotten }
  if (at === undefined) {
    const row = await reader.membership(room.row.room, user)
    if (row === undefined || row.event === 0) return { forgotten }
    const [eventId] = await eventIdsOf([row.event], context)
    return { membership: row.membership, eventId: eventId as string, forgotten: forgotten && hasGone(row.membership) }
  }
  const row = await rowOf(at, room, context)
  if (row.outlier) throw noSuchEvent(at, roomId)
  const member = (await states.view(row.snapshotBefore)).get(memberTypeNid, user)
  const event = member === 0 ? undefined : (await events.load([member])).get(member)
  if (event === undefined) return { forgotten }
  const membership = membershipIn(event.content)
  return { ...(membership === undefined ? {} : { membership }), eventId: event.eventId, forgotten }
}
