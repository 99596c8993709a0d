/**
 * The output log: positions from 1 to the last without a gap, each of a room and of events that there are. Notes on the way what it
 * says of events, for the checks of rooms.
 */
import { readOutput, type StoredOutput } from '../../output/index.ts'
import type { OutputRow, Reader, RoomRow } from '../../storage/index.ts'
import { type EventNid, localOf, type RoomNid, roomOf } from '../../types/index.ts'
import type { CheckContext, DatabaseCheck, Found } from '../check.ts'

const page = 500

export const outputPositions: DatabaseCheck = {
  id: 'output-positions',
  of: 'database',
  why: 'subscribers go by positions: a gap is an output that some of them never saw',
  async *run(context) {
    const { reader, pause } = context
    const rooms = new Map<RoomNid, RoomRow | undefined>()
    let expected = 1
    for (let after = 0; ; ) {
      const rows = await reader.output(after, page)
      for (const row of rows) {
        if (row.position !== expected)
          yield { message: `position ${expected} is missing: ${row.position} comes after ${expected - 1}` }
        expected = row.position + 1
        yield* checkRow(row, rooms, context)
      }
      const last = rows.at(-1)
      if (last === undefined) break
      after = last.position
      // Rooms change while nothing is read at once: only what this page needs is kept.
      rooms.clear()
      await pause(rows.length)
    }
    const given = await reader.lastPosition()
    if (given !== expected - 1)
      yield { message: `the last position given out is ${given}, the log ends at ${expected - 1}` }
  },
}

async function* checkRow(
  { position, room, payload }: OutputRow,
  rooms: Map<RoomNid, RoomRow | undefined>,
  { reader, outputs }: CheckContext,
): AsyncGenerator<Found> {
  if (!rooms.has(room)) rooms.set(room, await reader.roomByNid(room))
  const row = rooms.get(room)
  if (row === undefined) {
    yield { message: `position ${position} is of room NID ${room}, which there is not` }
    return
  }
  let output: StoredOutput
  let named: readonly EventNid[]
  try {
    output = readOutput(payload)
    named = eventsOf(output)
  } catch (error) {
    yield { message: `position ${position} cannot be read: ${error instanceof Error ? error.message : String(error)}` }
    return
  }
  for (const event of await missing(named, room, reader))
    yield { message: `position ${position} names event NID ${event}, which room ${row.roomId} has not` }
  outputs.note(output, row.next.event)
}

/** All events that an output names. @throws where it is none */
function eventsOf(output: StoredOutput): EventNid[] {
  switch (output.kind) {
    case 'new':
      return [output.event, ...output.extremities, ...output.added, ...output.removed]
    case 'old':
      return [output.event]
    case 'redacted':
    case 'unredacted':
      return [output.event, output.because]
    case 'state-corrected': {
      const { before, current } = output
      return [output.event, ...before.added, ...before.removed, ...current.added, ...current.removed]
    }
    default:
      throw new Error(`it is of kind ${JSON.stringify((output as { kind?: unknown }).kind)}`)
  }
}

/** Found by the index of the room, so that damaged rows are not read for it. */
async function missing(events: readonly EventNid[], room: RoomNid, reader: Reader): Promise<EventNid[]> {
  const named = [...new Set(events)]
  const ours = named.filter(event => Number.isSafeInteger(event) && localOf(event) > 0 && roomOf(event) === room)
  const stored = await reader.eventJson(ours)
  return named.filter(event => !stored.has(event))
}
