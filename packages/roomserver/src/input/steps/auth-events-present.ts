/**
 * Step 2: all auth events must be here. Where one is missing the event waits for it; that it cannot be had is no verdict.
 */
import { createEventIdOf, type EventId, type RoomId } from '@neurite/protocol'
import type { EventRow } from '../../storage/index.ts'
import type { Room } from '../room.ts'
import { type Missing, next, type Step, type StepContext } from '../step.ts'
import type { StoredEvent, Work } from '../work.ts'

export const authEventsPresent: Step = {
  name: 'auth_events_present',
  async run(work, context) {
    const { room, reader, events } = context
    const { event } = work
    const createId = impliedCreateId(event.roomId, event.type, room)
    const wanted = createId === undefined ? event.authEvents : [...event.authEvents, createId]
    const rows = await room.eventRows(wanted, reader)
    const missing = wanted.filter(eventId => !rows.has(eventId))
    if (missing.length > 0) return { kind: 'wait', needs: await firstNeeded(missing, work, context) }

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

/** Of a new event whose prev events are missing as well those come first: its auth events lie among them more often than not. */
async function firstNeeded(
  authEventIds: readonly EventId[],
  { event: { prevEvents }, item }: Work,
  { room, reader }: StepContext,
): Promise<Missing> {
  const ofAuthEvents: Missing = { kind: 'auth-events', eventIds: authEventIds }
  if (item.kind !== 'new' || item.stateEventIds !== undefined) return ofAuthEvents
  const rows = await room.eventRows(prevEvents, reader)
  const missing = prevEvents.filter(eventId => rows.get(eventId)?.outlier !== false)
  return missing.length === 0 ? ofAuthEvents : { kind: 'prev-events', eventIds: missing }
}

/** The create event that the room ID names (room version 12); undefined for that event itself. */
function impliedCreateId(roomId: RoomId, type: string, room: Room): EventId | undefined {
  return room.rules.auth.createImpliedByRoomId && type !== 'm.room.create' ? createEventIdOf(roomId) : undefined
}
