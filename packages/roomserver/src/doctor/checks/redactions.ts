/**
 * Redactions: noted for each redaction event with a place in the graph, and applied exactly when both events are valid and the
 * redaction is allowed by the state before it: as their rows say now, also where that may still be corrected. Room version 3,
 * "Handling redactions".
 */
import type { RoomEvent } from '@neurite/protocol'
import { redactionType, takesEffect } from '../../input/redactions.ts'
import type { EventRow, RedactionRow } from '../../storage/index.ts'
import type { CheckContext, CheckedRoom, Found, RoomCheck } from '../check.ts'
import { readableEvents } from '../pages.ts'

export const redactions: RoomCheck = {
  id: 'redactions',
  of: 'room',
  why: 'what was redacted must not be given out, and nobody may redact what is not theirs',
  async *run(room, context) {
    const { reader, pause } = context
    const type = (await reader.eventTypeNids([redactionType])).get(redactionType)
    for await (const rows of readableEvents(reader, room.row.room)) {
      const noted = await reader.redactions(
        room.row.room,
        rows.map(row => row.eventId),
      )
      const byRedaction = new Map(noted.map(row => [row.redaction, row]))
      yield* withoutEvent(noted, room, context)
      for (const row of rows) {
        const stored = byRedaction.get(row.eventId)
        if (row.type === type || stored !== undefined) yield* checkRedaction(row, stored, room, context)
      }
      await pause(rows.length)
    }
  },
}

/** Rows by redactions that are not stored. */
async function* withoutEvent(
  noted: readonly RedactionRow[],
  { row }: CheckedRoom,
  { reader }: CheckContext,
): AsyncGenerator<Found> {
  const ids = noted.map(({ redaction }) => redaction)
  const known = await reader.eventNids(row.room, ids)
  for (const { redaction, target } of noted)
    if (!known.has(redaction))
      yield { event: target, message: `it is noted as redacted by ${redaction}, which is not stored` }
}

async function* checkRedaction(
  row: EventRow,
  stored: RedactionRow | undefined,
  room: CheckedRoom,
  context: CheckContext,
): AsyncGenerator<Found> {
  const event = row.eventId
  try {
    const redaction = (await context.events.load([row.event])).get(row.event) as RoomEvent
    const counts = !row.outlier && redaction.type === redactionType
    const target = counts ? redaction.redacts : undefined
    if (target !== stored?.target) {
      yield { event, message: `it redacts ${target ?? 'nothing'}, and is noted for ${stored?.target ?? 'nothing'}` }
      return
    }
    if (target === undefined || stored === undefined) return
    const expected = await applies({ row, event: redaction }, target, room, context)
    if (expected !== stored.applied)
      yield { event, message: `its redaction of ${target} is ${told(stored.applied)}, and must be ${told(expected)}` }
  } catch (error) {
    yield { event, message: error instanceof Error ? error.message : String(error) }
  }
}

async function applies(
  redaction: { readonly row: EventRow; readonly event: RoomEvent },
  targetId: string,
  { row: room }: CheckedRoom,
  context: CheckContext,
): Promise<boolean> {
  const { reader, events } = context
  const nid = (await reader.eventNids(room.room, [targetId])).get(targetId)
  const [row] = nid === undefined ? [] : await reader.events([nid])
  if (nid === undefined || row === undefined) return false
  return takesEffect(redaction, { row, event: (await events.load([nid])).get(nid) as RoomEvent }, context)
}

function told(applied: boolean): string {
  return applied ? 'applied' : 'not applied'
}
