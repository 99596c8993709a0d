/**
 * The forward extremities: accepted events that nothing accepted builds on yet. A chain of soft-failed or rejected events between
 * two accepted ones makes no difference. Server-server API, "PDUs", "Soft failure".
 */
import type { EventRow } from '../storage/index.ts'
import type { EventNid } from '../types/index.ts'
import type { StepContext } from './step.ts'

/** @returns the extremities once a new event that is neither rejected nor soft-failed stands on `prevEvents` */
export async function extremitiesAfter(
  event: EventNid,
  prevEvents: readonly EventRow[],
  { room, reader }: Pick<StepContext, 'room' | 'reader'>,
): Promise<EventNid[]> {
  const extremities = new Set(room.forwardExtremities)
  const seen = new Set<EventNid>()
  let open = prevEvents
  while (open.length > 0 && extremities.size > 0) {
    const further: EventNid[] = []
    for (const row of open) {
      extremities.delete(row.event)
      if (row.status !== 'soft-failed' && row.status !== 'rejected') continue
      for (const prev of row.prevEvents)
        if (!seen.has(prev)) {
          seen.add(prev)
          further.push(prev)
        }
    }
    open = further.length === 0 ? [] : await room.rowsByNid(further, reader)
  }
  return [...extremities, event]
}

/** Rows read at once when the graph is looked through. */
const pageRows = 1_000

/**
 * The extremities after the verdict on an event changed: found by looking through the room's events, which a changed verdict is rare
 * enough for. Events that were extremities before, and those that the changed one stood on, are the candidates.
 */
export async function extremitiesOfGraph(
  changed: EventRow,
  { room, reader }: Pick<StepContext, 'room' | 'reader'>,
): Promise<EventNid[]> {
  const candidates = new Map<EventNid, EventRow>()
  const parents = new Map<EventNid, EventRow>()
  const others = room.forwardExtremities.filter(nid => nid !== changed.event)
  let open = [changed, ...(await room.rowsByNid(others, reader))]
  for (const row of open) if (row.status === 'accepted') candidates.set(row.event, row)
  while (open.length > 0) {
    const further = open.flatMap(row => (row.status === 'accepted' && row !== changed ? [] : row.prevEvents))
    open = (await room.rowsByNid([...new Set(further)], reader)).filter(row => !parents.has(row.event))
    for (const row of open) {
      parents.set(row.event, row)
      if (row.status === 'accepted') candidates.set(row.event, row)
    }
  }
  for (let after: EventNid | 0 = 0; ; ) {
    const rows: EventRow[] = await reader.eventsOfRoom(room.nid, after, pageRows)
    for (const stored of rows) await pushOut(asChanged(stored, changed), candidates, changed, { room, reader })
    const last = rows.at(-1)
    if (last === undefined) break
    after = last.event
  }
  return [...candidates.keys()]
}

/** An accepted event takes those that it builds on out of the candidates, also through rejected and soft-failed ones. */
async function pushOut(
  row: EventRow,
  candidates: Map<EventNid, EventRow>,
  changed: EventRow,
  { room, reader }: Pick<StepContext, 'room' | 'reader'>,
): Promise<void> {
  if (row.status !== 'accepted') return
  const seen = new Set<EventNid>()
  let open: readonly EventNid[] = row.prevEvents
  while (open.length > 0) {
    for (const nid of open) {
      candidates.delete(nid)
      seen.add(nid)
    }
    const rows = (await room.rowsByNid(open, reader)).map(row => asChanged(row, changed))
    open = rows.flatMap(prev => (prev.status === 'soft-failed' || prev.status === 'rejected' ? prev.prevEvents : []))
    open = open.filter(nid => !seen.has(nid))
  }
}

/** A stored row, or what the event's row is going to be. */
function asChanged(row: EventRow, changed: EventRow): EventRow {
  return row.event === changed.event ? changed : row
}
