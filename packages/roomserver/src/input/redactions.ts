/**
 * Redactions take effect when both events are here, both are valid and the redaction is allowed, in either order of arrival.
 * Room version 3, "Handling redactions". A soft-failed redaction redacts nothing; a soft-failed target is valid. Verdicts that are
 * corrected are looked at again: a redaction then begins or ceases to take effect.
 */
import { AuthState, mayRedact, type RoomEvent } from '@neurite/protocol'
import type { EventRow, RedactionRow } from '../storage/index.ts'
import { loadAuthState } from './auth-state.ts'
import type { StepContext } from './step.ts'
import type { StoredEvent } from './work.ts'

export const redactionType = 'm.room.redaction'

/**
 * Notes what redactions an event makes and suffers, by the verdict and the state before it that it has now.
 * @param was its row before: of an outlier, or of a provisional event; undefined where the event is new
 */
export async function noteRedactions(
  { row, event }: StoredEvent,
  was: EventRow | undefined,
  context: StepContext,
): Promise<void> {
  const { room, reader } = context
  const isKnown = was !== undefined || room.mayHavePendingRedactions
  const noted = isKnown ? await reader.redactions(room.nid, [row.eventId]) : []
  // An outlier is no redaction before its place in the graph is known.
  if (!row.outlier && event.type === redactionType && event.redacts !== undefined) {
    const target = event.redacts === row.eventId ? { row, event } : await stored(event.redacts, context)
    const own = noted.find(({ redaction }) => redaction === row.eventId)
    await review({ row, event }, event.redacts, target, own, context)
  }
  for (const other of noted) {
    if (other.redaction === row.eventId) continue
    const redaction = await stored(other.redaction, context)
    if (redaction !== undefined) await review(redaction, other.target, { row, event }, other, context)
  }
}

/** Whether the redaction takes effect; notes it where that is new, and tells of what changes. */
async function review(
  redaction: StoredEvent,
  targetId: string,
  target: StoredEvent | undefined,
  noted: RedactionRow | undefined,
  context: StepContext,
): Promise<void> {
  const { change } = context
  const was = noted?.applied ?? false
  const applied = target !== undefined && (await takesEffect(redaction, target, context))
  if (noted !== undefined && applied === was) return
  change.noteRedaction({ redaction: redaction.row.eventId, target: targetId, applied })
  if (target === undefined || applied === was) return
  change.output({ kind: applied ? 'redacted' : 'unredacted', event: target.row.event, because: redaction.row.event })
}

/** Whether a redaction takes effect on an event that is here: both valid, and allowed by the state before the redaction. */
export async function takesEffect(
  redaction: StoredEvent,
  target: StoredEvent,
  context: Pick<StepContext, 'reader' | 'states' | 'events'>,
): Promise<boolean> {
  if (redaction.row.status !== 'accepted' || redaction.row.outlier || target.row.status === 'rejected') return false
  const { lookup } = await loadAuthState(redaction.event, redaction.row.snapshotBefore, context)
  return mayRedact(redaction.event, target.event, new AuthState(lookup, redaction.event.rules.auth))
}

async function stored(eventId: string, { room, reader, events }: StepContext): Promise<StoredEvent | undefined> {
  const row = (await room.eventRows([eventId], reader)).get(eventId)
  if (row === undefined) return undefined
  return { row, event: (await events.load([row.event])).get(row.event) as RoomEvent }
}
