/**
 * Member events of those who sent some events: what clients are given that load members lazily. Client-server API, "Lazy-loading room
 * members".
 */
import type { TimelineRow } from '../../storage/timeline.ts'
import type { ClientContext } from '../context.ts'

/** Event IDs of the senders' member events, as they were at each one's last of the events; where that is not known, as they are. */
export function membersOfSenders(
  { tables, rooms }: Pick<ClientContext, 'tables' | 'rooms'>,
  roomId: string,
  rows: readonly TimelineRow[],
): string[] {
  const places = new Map<string, number>()
  for (const { sender, position } of rows) places.set(sender, Math.max(position, places.get(sender) ?? position))
  const ids = [...places].map(([sender, position]) => {
    const { roomStates } = tables
    const then = roomStates.entryAt(roomId, 'm.room.member', sender, position)
    return (then ?? roomStates.entryAt(roomId, 'm.room.member', sender, rooms.position))?.eventId
  })
  return ids.filter(id => id !== undefined)
}
