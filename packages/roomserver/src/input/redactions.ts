/**
 * Redactions take effect when both events are here, both are valid and the redaction is allowed, in either order of arrival.
 * Room version 3, "Handling redactions". A soft-failed redaction redacts nothing.
 */
import { AuthState, mayRedact, type RoomEvent } from '@neurite/protocol'
import type { EventRow } from '../storage/index.ts'
import type { StateSnapshotNid } from '../types/index.ts'
import { loadAuthState } from './auth-state.ts'
import type { StepContext } from './step.ts'
import type { Work } from './work.ts'

/** Notes what redactions the event makes or suffers. */
export async function noteRedactions(row: EventRow, { event }: Work, context: StepContext): Promise<void> {
  if (row.status !== 'accepted') return
  if (event.type === 'm.room.redaction' && event.redacts !== undefined)
    await redactNamed(row, event, event.redacts, context)
  await sufferEarlier(row, event, context)
}

/** The event is a redaction: its target may be here. */
async function redactNamed(row: EventRow, redaction: RoomEvent, targetId: string, context: StepContext): Promise<void> {
  const { room, reader, events, change } = context
  const target = (await room.eventRows([targetId], reader)).get(targetId)
  let applied = false
  if (target !== undefined && isValid(target)) {
    const targetEvent = (await events.load([target.event])).get(target.event) as RoomEvent
    applied = await isAllowed(redaction, row.snapshotBefore, targetEvent, context)
    if (applied) change.output({ kind: 'redacted', event: target.event, because: row.event })
  }
  change.noteRedaction({ redaction: row.eventId, target: targetId, applied })
}

/** Earlier redactions may have named the event before it came. */
async function sufferEarlier(row: EventRow, event: RoomEvent, context: StepContext): Promise<void> {
  const { room, reader, events, change } = context
  if (!room.mayHavePendingRedactions) return
  for (const earlier of await reader.redactions(room.nid, [row.eventId])) {
    if (earlier.target !== row.eventId || earlier.applied) continue
    const redactionRow = (await room.eventRows([earlier.redaction], reader)).get(earlier.redaction)
    if (redactionRow === undefined || redactionRow.status !== 'accepted') continue
    const redaction = (await events.load([redactionRow.event])).get(redactionRow.event) as RoomEvent
    if (!(await isAllowed(redaction, redactionRow.snapshotBefore, event, context))) continue
    change.noteRedaction({ ...earlier, applied: true })
    change.output({ kind: 'redacted', event: row.event, because: redactionRow.event })
  }
}

/** Soft-failed targets are valid events too: they may be shown later as state. */
function isValid(target: EventRow): boolean {
  return target.status !== 'rejected'
}

/** Judged by the state before the redaction. */
async function isAllowed(
  redaction: RoomEvent,
  before: StateSnapshotNid | 0,
  target: RoomEvent,
  context: StepContext,
): Promise<boolean> {
  const { lookup } = await loadAuthState(redaction, before, context)
  return mayRedact(redaction, target, new AuthState(lookup, redaction.rules.auth))
}
