/**
 * What of a room a user may look at: all of it for members; what there was when they left for those who have left; and whatever the
 * room shows to the world. Client-server API, "Room History Visibility", "Getting events for a room".
 */
import { stillCounts } from '../../storage/room-states.ts'
import type { ClientContext } from '../context.ts'
import { forbidden } from '../errors.ts'
import { loadEvents } from '../events/load-events.ts'

export interface RoomView {
  /** Up to here the user may look, in the timeline and in its state. */
  readonly upTo: number
  readonly membership: string | undefined
}

/** Waits for what is under way. @throws {ClientError} `M_FORBIDDEN` where the user may see nothing of it */
export async function viewOf(context: ClientContext, roomId: string, userId: string): Promise<RoomView> {
  await context.rooms.catchUp()
  const { roomServer, rooms, tables } = context
  const history = tables.roomStates.historyOf(userId, roomId)
  const now = history.find(({ to }) => to === stillCounts)
  const membership = now?.membership
  if (membership === 'join') return { upTo: rooms.position, membership }
  const wasIn = history.some(entry => entry.membership === 'join')
  if (now !== undefined && wasIn && (membership === 'leave' || membership === 'ban')) {
    const { forgotten } = await roomServer.queryMembership({ roomId, userId })
    if (!forgotten) return { upTo: now.from, membership }
  }
  if (await isWorldReadable(context, roomId)) return { upTo: rooms.position, membership }
  throw forbidden(`you are not in room ${roomId} and may not look into it`)
}

async function isWorldReadable(context: ClientContext, roomId: string): Promise<boolean> {
  const { tables, rooms } = context
  const entry = tables.roomStates.entryAt(roomId, 'm.room.history_visibility', '', rooms.position)
  if (entry === undefined) return false
  const event = (await loadEvents(context, roomId, [entry.eventId])).get(entry.eventId)
  return event?.content['history_visibility'] === 'world_readable'
}
