/**
 * Events in the form that /sync gives them: without the room, which is said by where they stand.
 */
import { clientEvents } from '../events/client-event.ts'
import type { SyncEvent, SyncLook } from './look.ts'

export async function syncEvents(
  { context, caller }: SyncLook,
  roomId: string,
  eventIds: readonly string[],
): Promise<SyncEvent[]> {
  const events = await clientEvents(context, roomId, eventIds, caller)
  return events.map(({ room_id: _, ...event }) => event)
}
