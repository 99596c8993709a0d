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
  row: OutputRow,
  rooms: Map<RoomNid, RoomRow | undefined>,
  context: CheckContext,
): AsyncGenerator<Found> {
  const { position, room, payload } = row
  try {
    const output = readOutput(payload)
    const named = eventsOf(output)
    const found = room === 0 ? ofNoRoom(output, named) : ofRoom(room, output, named, rooms, context)
    for await (const message of found) yield { message: `position ${position} ${message}` }
  } catch (error) {
    yield { message: `position ${position} cannot be read: ${error instanceof Error ? error.message : String(error)}` }
  }
}

async function* ofRoom(
  room: RoomNid,
  output: StoredOutput,
  named: readonly EventNid[],
  rooms: Map<RoomNid, RoomRow | undefined>,
  { reader, outputs }: CheckContext,
): AsyncGenerator<string> {
  if (!rooms.has(room)) rooms.set(room, await reader.roomByNid(room))
  const row = rooms.get(room)
  if (row === undefined) {
    yield `is of room NID ${room}, which there is not`
    return
  }
  for (const event of await missing(named, room, reader))
    yield `names event NID ${event}, which room ${row.roomId} has not`
  outputs.note(output, row.next.event)
}

/** Of a room that is not stored it says the ID, and names no event by number. */
function* ofNoRoom(output: StoredOutput, named: readonly EventNid[]): Generator<string> {
  if (output.kind === 'gone') return
  if (!('roomId' in output) || typeof output.roomId !== 'string') yield 'is of no room'
  for (const event of named) yield `names event NID ${event}, and is of no room that is stored`
}

/** All events that an output names. @throws where it is none */
function eventsOf(output: StoredOutput): EventNid[] {
  switch (output.kind) {
    case 'new':
      return [output.event, ...output.extremities, ...output.added, ...output.removed]
    case 'old':
      return [output.event]
    case 'invite':
      return output.event === 0 ? [] : [output.event]
    case 'invite-retired':
    case 'outside-invite-retired':
    case 'peek':
    case 'peek-retired':
    case 'inbound-peek':
    case 'inbound-peek-retired':
    case 'purged':
    case 'gone':
      return []
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
