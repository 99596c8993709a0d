/**
 * What an event's row says of the event is what its JSON says: its ID, type, state key, depth, prev and auth events.
 */
import type { RoomEvent } from '@neurite/protocol'
import type { EventRow } from '../../storage/index.ts'
import { emptyStateKeyNid } from '../../types/index.ts'
import { type CheckContext, type CheckedRoom, type Found, numberOf, type RoomCheck } from '../check.ts'
import { eventPages } from '../pages.ts'

export const columns: RoomCheck = {
  id: 'columns',
  of: 'room',
  why: 'graph and state are worked on by rows alone, and must be those of the events',
  async *run(room, context) {
    for await (const page of eventPages(context.reader, room.row.room)) {
      if (page.kind === 'damaged') yield { event: numberOf(page.nid as never), message: page.error.message }
      else {
        for (const row of page.rows) yield* checkEvent(row, room, context)
        await context.pause(page.rows.length)
      }
    }
  },
}

async function* checkEvent(row: EventRow, room: CheckedRoom, context: CheckContext): AsyncGenerator<Found> {
  try {
    const event = (await context.events.load([row.event])).get(row.event) as RoomEvent
    for await (const message of misfits(row, event, room, context)) yield { event: row.eventId, message }
  } catch (error) {
    yield { event: row.eventId, message: error instanceof Error ? error.message : String(error) }
  }
}

async function* misfits(
  row: EventRow,
  event: RoomEvent,
  { row: room }: CheckedRoom,
  context: CheckContext,
): AsyncGenerator<string> {
  const { reader } = context
  const type = (await reader.eventTypes([row.type])).get(row.type)
  if (type !== event.type) yield `its row says that it is a ${type}, it is a ${event.type}`
  const stateKey = await stateKeyOf(row, context)
  if (stateKey !== event.stateKey)
    yield `its row has state key ${JSON.stringify(stateKey)}, the event ${JSON.stringify(event.stateKey)}`
  if (row.depth !== event.depth) yield `its row has depth ${row.depth}, the event ${event.depth}`
  if (event.roomId !== room.roomId) yield `it is an event of room ${event.roomId}`
  const found = (await reader.eventNids(room.room, [row.eventId])).get(row.eventId)
  if (found !== row.event) yield `its ID leads to ${found === undefined ? 'no row' : numberOf(found)}`
  yield* misfitsOfLinks(row, event, context)
}

async function stateKeyOf({ stateKey }: EventRow, { reader }: CheckContext): Promise<string | undefined> {
  if (stateKey === 0) return undefined
  if (stateKey === emptyStateKeyNid) return ''
  return (await reader.stateKeys([stateKey])).get(stateKey) ?? `(unknown: ${stateKey})`
}

async function* misfitsOfLinks(row: EventRow, event: RoomEvent, { reader }: CheckContext): AsyncGenerator<string> {
  const authEvents = await idsOf(row.authEvents, reader)
  if (authEvents.join(' ') !== event.authEvents.join(' '))
    yield `its row has auth events ${listed(authEvents)}, the event ${listed(event.authEvents)}`
  const prevEvents = await idsOf(row.prevEvents, reader)
  const named = new Set<string>(event.prevEvents)
  const foreign = prevEvents.filter(eventId => !named.has(eventId))
  if (foreign.length > 0) yield `its row has prev events that the event does not name: ${listed(foreign)}`
  // A provisional one may stand on a state that was given with it, without the events before.
  if (!row.outlier && !row.provisional && prevEvents.length < event.prevEvents.length)
    yield `its row has ${prevEvents.length} prev events, the event ${event.prevEvents.length}`
  if (row.outlier && (prevEvents.length > 0 || row.snapshotBefore !== 0 || row.snapshotAfter !== 0))
    yield 'it is an outlier and has a place in the graph'
}

async function idsOf(events: EventRow['authEvents'], reader: CheckContext['reader']): Promise<string[]> {
  const ids = new Map((await reader.events(events)).map(row => [row.event, row.eventId]))
  return events.map(event => ids.get(event) ?? numberOf(event))
}

function listed(eventIds: readonly string[]): string {
  return eventIds.length === 0 ? 'none' : eventIds.join(', ')
}
