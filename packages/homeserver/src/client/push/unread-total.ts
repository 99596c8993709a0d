/**
 * How many unread events notify a user, over all their rooms: the number on the icon of an app. Push gateway API, `counts.unread`.
 */
import type { UserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import { unreadOf } from './unread.ts'

export async function unreadTotal(context: ClientContext, userId: UserId): Promise<number> {
  const upTo = context.rooms.position
  let total = 0
  for (const { roomId, membership } of context.tables.roomStates.membershipsOf(userId, upTo)) {
    if (membership !== 'join') continue
    const { unread_notifications: unread } = await unreadOf(context, userId, roomId, { upTo, byThread: false })
    total += unread.notification_count
  }
  return total
}
