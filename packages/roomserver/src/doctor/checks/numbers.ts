/**
 * Numbers of a room: none above the next ones that it is going to give, or a number would be given twice; what an event names has
 * a row, and its auth events have smaller numbers.
 */
import type { EventRow, NumberedTable, RoomRow } from '../../storage/index.ts'
import { type EventNid, inRoom, localOf } from '../../types/index.ts'
import type { CheckContext, Found, RoomCheck } from '../check.ts'
import { readableEvents } from '../pages.ts'

export const numbers: RoomCheck = {
  id: 'numbers',
  of: 'room',
  why: 'a number that is given twice puts another row under what is cached and referred to',
  async *run({ row }, context) {
    yield* tooHigh(row, context)
    yield* ofRoom(row, context)
    for await (const rows of readableEvents(context.reader, row.room)) {
      for (const event of rows) yield* ofEvent(event, row)
      await context.pause(rows.length)
    }
  },
}

async function* tooHigh({ room, next }: RoomRow, { inventory, reader }: CheckContext): AsyncGenerator<Found> {
  const limits: readonly (readonly [NumberedTable, number])[] = [
    ['events', next.event],
    ['event_json', next.event],
    ['state_snapshots', next.snapshot],
    ['state_blocks', next.block],
  ]
  for (const [table, limit] of limits) {
    const last = (await inventory?.lastNumber(table, room)) ?? 0
    if (last >= limit) yield { message: `${table} has number ${last}, and the next to be given is ${limit}` }
  }
  if (inventory !== undefined) return
  const [above] = await reader.eventsOfRoom(room, (inRoom<EventNid>(room, next.event) - 1) as EventNid, 1)
  if (above !== undefined)
    yield { message: `events has number ${localOf(above.event)}, and the next to be given is ${next.event}` }
}

async function* ofRoom({ forwardExtremities, currentSnapshot, next }: RoomRow, { reader }: CheckContext) {
  if (localOf(currentSnapshot) >= next.snapshot)
    yield { message: `the current state is snapshot number ${localOf(currentSnapshot)}, which was never given` }
  const stored = await reader.eventJson(forwardExtremities)
  for (const event of forwardExtremities)
    if (!stored.has(event)) yield { message: `forward extremity ${localOf(event)} is no event of the room` }
}

function* ofEvent(row: EventRow, { next }: RoomRow): Generator<Found> {
  const own = localOf(row.event)
  const event = row.eventId
  for (const authEvent of row.authEvents)
    if (localOf(authEvent) >= own)
      yield { event, message: `its auth event has number ${localOf(authEvent)}, its own is ${own}` }
  for (const named of [...row.prevEvents, ...row.authEvents]) {
    const local = localOf(named)
    if (local < 1 || local >= next.event || local === own)
      yield { event, message: `it builds on event number ${local}` }
  }
  for (const snapshot of [row.snapshotBefore, row.snapshotAfter])
    if (localOf(snapshot) >= next.snapshot)
      yield { event, message: `its state is snapshot number ${localOf(snapshot)}, which was never given` }
}
