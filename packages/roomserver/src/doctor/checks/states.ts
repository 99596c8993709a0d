/**
 * States against the graph: the state before an event is what the states after its prev events resolve to, worked out from
 * scratch, and the state after it is that state and the event. States that someone gave, and what descends from them, follow from
 * no graph: they are looked at once they are final. Room versions, "State resolution".
 */
import type { EventRow } from '../../storage/index.ts'
import type { CheckContext, CheckedRoom, Found, RoomCheck } from '../check.ts'
import { readableEvents } from '../pages.ts'
import { differenceTo, resolveAgain } from '../recompute.ts'

export const states: RoomCheck = {
  id: 'states',
  of: 'room',
  why: 'every server must come to the same state at every event',
  async *run(room, context) {
    for await (const rows of readableEvents(context.reader, room.row.room)) {
      for (const row of rows) if (!row.outlier) yield* checkEvent(row, room, context)
      await context.pause(rows.length)
    }
  },
}

async function* checkEvent(row: EventRow, room: CheckedRoom, context: CheckContext): AsyncGenerator<Found> {
  try {
    if (!row.provisional) yield* before(row, room, context)
    yield* after(row, context)
  } catch (error) {
    yield { event: row.eventId, message: error instanceof Error ? error.message : String(error) }
  }
}

async function* before(row: EventRow, room: CheckedRoom, context: CheckContext): AsyncGenerator<Found> {
  const event = row.eventId
  const origin = await context.states.originOf(row.snapshotBefore)
  if (origin !== 'computed') yield { event, message: `its verdict is final, and the state before it is ${origin}` }
  const prevEvents = await context.reader.events(row.prevEvents)
  if (prevEvents.some(prev => prev.outlier || prev.provisional))
    yield { event, message: 'its verdict is final, and it builds on events whose verdicts are not' }
  const after = prevEvents.map(prev => prev.snapshotAfter)
  const message = await differenceTo(await resolveAgain(after, room, context), row.snapshotBefore, context)
  if (message !== undefined)
    yield { event, message: `the state before it is not what its prev events give: ${message}` }
}

async function* after(row: EventRow, context: CheckContext): AsyncGenerator<Found> {
  const { eventId: event, snapshotBefore, snapshotAfter, stateKey } = row
  const changes = await context.states.differences(snapshotBefore, snapshotAfter)
  if (stateKey === 0 || row.status === 'rejected') {
    if (changes.length > 0) yield { event, message: 'it changes no state, and the state after it is another' }
    return
  }
  const [change, ...others] = changes
  const fits = change?.type === row.type && change.stateKey === stateKey && change.after === row.event
  if (!fits || others.length > 0)
    yield { event, message: 'the state after it is not the state before it and the event' }
}
