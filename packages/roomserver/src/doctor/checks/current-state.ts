/**
 * The current state: what the states after the forward extremities resolve to, worked out from scratch.
 */
import type { RoomCheck } from '../check.ts'
import { differenceTo, resolveAgain } from '../recompute.ts'

export const currentState: RoomCheck = {
  id: 'current-state',
  of: 'room',
  why: 'new events are judged by it, and everyone is shown it',
  async *run(room, context) {
    const { forwardExtremities, currentSnapshot } = room.row
    const rows = await context.reader.events(forwardExtremities)
    // What still rests on someone’s word is resolved again by the server, once it is judged for good.
    if (rows.some(row => row.provisional)) return
    const after = rows.map(row => row.snapshotAfter)
    const message = await differenceTo(await resolveAgain(after, room, context), currentSnapshot, context)
    if (message !== undefined) yield { message: `it is not what the forward extremities give: ${message}` }
  },
}
