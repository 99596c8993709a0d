/**
 * Step 2: all auth events must be here. Where one is missing the event waits for it; that it cannot be had is no verdict.
 */
import { createEventIdOf, type EventId, type RoomId } from '@neurite/protocol'
import type { EventRow } from '../../storage/index.ts'
import type { Room } from '../room.ts'
import { next, type Step } from '../step.ts'
import type { StoredEvent } from '../work.ts'

export const authEventsPresent: Step = {
  name: 'auth-events-present',
  async run(work, { room, reader, events }) {
    const { event } = work
    const createId = impliedCreateId(event.roomId, event.type, room)
    const wanted = createId === undefined ? event.authEvents : [...event.authEvents, createId]
    const rows = await room.eventRows(wanted, reader)
    const missing = wanted.filter(eventId => !rows.has(eventId))
    if (missing.length > 0) return { kind: 'wait', needs: { kind: 'auth-events', eventIds: missing } }

    const loaded = await events.load([...rows.values()].map(row => row.event))
    const storedEvent = (eventId: EventId): StoredEvent => {
      const row = rows.get(eventId) as EventRow
      return { row, event: loaded.get(row.event) as StoredEvent['event'] }
    }
    work.authEvents = event.authEvents.map(storedEvent)
    if (createId !== undefined) work.impliedCreate = storedEvent(createId)
    return next
  },
}

/** The create event that the room ID names (room version 12); undefined for that event itself. */
function impliedCreateId(roomId: RoomId, type: string, room: Room): EventId | undefined {
  return room.rules.auth.createImpliedByRoomId && type !== 'm.room.create' ? createEventIdOf(roomId) : undefined
}
