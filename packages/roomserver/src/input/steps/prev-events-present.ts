/**
 * Step 4: the events that it builds on must be here with their states, or the state before it must be given. Outliers are not
 * asked: their place in the graph is not looked at.
 */
import { next, type Step } from '../step.ts'

export const prevEventsPresent: Step = {
  name: 'prev_events_present',
  evenWhenRejected: true,
  async run(work, { room, reader }) {
    const { event, item } = work
    const rows = await room.eventRows(event.prevEvents, reader)
    const withState = event.prevEvents.flatMap(eventId => {
      const row = rows.get(eventId)
      return row === undefined || row.outlier ? [] : [row]
    })
    work.prevEvents = withState
    if (withState.length === event.prevEvents.length || item.stateEventIds !== undefined) return next
    const present = new Set(withState.map(row => row.eventId))
    const missing = event.prevEvents.filter(eventId => !present.has(eventId))
    return { kind: 'wait', needs: { kind: 'prev-events', eventIds: missing } }
  },
}
