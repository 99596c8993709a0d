/**
 * The durable input queue: every row can be taken up again.
 */
import type { InputItem, MissingNote } from '../../input/item.ts'
import type { QueueRow, Reader } from '../../storage/index.ts'
import type { DatabaseCheck } from '../check.ts'

const page = 500
const kinds: ReadonlySet<unknown> = new Set<InputItem['kind']>(['new', 'old', 'outlier'])

export const queue: DatabaseCheck = {
  id: 'queue',
  of: 'database',
  why: 'what was taken into the queue must be worked on after the next start',
  async *run({ reader, pause }) {
    for await (const row of rowsOf(reader)) {
      const misfit = misfitOf(row)
      if (misfit !== undefined) yield { message: `queue row ${row.row} of room ${row.roomId}: ${misfit}` }
      await pause(1)
    }
  },
}

async function* rowsOf(reader: Reader): AsyncGenerator<QueueRow> {
  for (let after = ''; ; ) {
    const roomIds = await reader.queuedRooms(after, page)
    for (const roomId of roomIds)
      for (let row = 0; ; ) {
        const rows: QueueRow[] = await reader.queue(roomId, row, page)
        yield* rows
        const last = rows.at(-1)
        if (last === undefined) break
        row = last.row
      }
    const last = roomIds.at(-1)
    if (last === undefined) return
    after = last
  }
}

/** Why a row cannot be taken up; undefined where it can. */
function misfitOf({ item, roomId, notBefore, attempts }: QueueRow): string | undefined {
  let parsed: Partial<Record<keyof InputItem | keyof MissingNote, unknown>> | null
  try {
    parsed = JSON.parse(item)
  } catch (error) {
    return `its item is no JSON: ${error instanceof Error ? error.message : String(error)}`
  }
  if (typeof parsed !== 'object' || parsed === null) return 'its item is no object'
  if (parsed.kind !== 'missing' && !kinds.has(parsed.kind)) return `its item is of kind ${JSON.stringify(parsed.kind)}`
  if (parsed.roomId !== roomId) return `its item is of room ${JSON.stringify(parsed.roomId)}`
  for (const field of ['roomVersion', 'origin'] as const)
    if (typeof parsed[field] !== 'string') return `its item has no ${field}`
  if (parsed.kind === 'missing' ? !isListOfIds(parsed.eventIds) : typeof parsed.pdu !== 'string')
    return 'its item has no event'
  if (!(Number.isSafeInteger(notBefore) && notBefore >= 0 && Number.isSafeInteger(attempts) && attempts >= 0))
    return `it waits until ${notBefore} after ${attempts} attempts`
  return undefined
}

function isListOfIds(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(eventId => typeof eventId === 'string')
}
