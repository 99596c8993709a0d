/**
 * One correction: a provisional event, all of whose prev events are final by now, is judged by the state that follows from them.
 * What that changes (its verdict, the states before and after it, the current state) goes into one change of the room.
 */
import { authorizeByState } from '@neurite/protocol'
import type { EventRow } from '../storage/index.ts'
import type { StateKeyNid } from '../types/index.ts'
import { loadAuthState } from './auth-state.ts'
import type { Correctable } from './corrections.ts'
import { changeOfCurrentState } from './current-state.ts'
import { extremitiesOfGraph } from './forward-extremities.ts'
import { noteMemberships } from './memberships.ts'
import { verdictReason } from './reasons.ts'
import { resolveStatesOf } from './resolve-states.ts'
import type { StepContext } from './step.ts'

/** The check whose verdict a state decides; that by the auth events stands for good. */
const byState = 'state_before'

/** Fills `context.change`. @returns the event's row as it will be */
export async function correct({ row, event, prevEvents }: Correctable, context: StepContext): Promise<EventRow> {
  const { change, states } = context
  const { snapshot: before } = await resolveStatesOf(prevEvents, context)
  const { status, reason } = await verdictBy(before, row, event, context)
  const { type, stateKey, event: nid } = row
  const entry = { type, stateKey: stateKey as StateKeyNid, event: nid }
  const keepsState = stateKey === 0 || status === 'rejected'
  const after = keepsState ? before : await states.append(change.state, before, entry, 'computed')
  const corrected: EventRow = {
    ...row,
    status,
    reason,
    provisional: false,
    prevEvents: prevEvents.map(prev => prev.event),
    snapshotBefore: before,
    snapshotAfter: after,
  }
  change.writeEvent(corrected, undefined)
  await announce(row, corrected, context)
  return corrected
}

async function verdictBy(
  before: EventRow['snapshotBefore'],
  row: EventRow,
  event: Correctable['event'],
  context: StepContext,
): Promise<Pick<EventRow, 'status' | 'reason'>> {
  const { status, reason } = row
  if (status === 'rejected' && reason?.check !== byState) return { status, reason }
  const { lookup } = await loadAuthState(event, before, context)
  const verdict = authorizeByState(event, lookup, context.crypto)
  if (!verdict.allowed) return { status: 'rejected', reason: verdictReason(byState, verdict) }
  return status === 'soft-failed' ? { status, reason } : { status: 'accepted', reason: undefined }
}

/** The room follows: forward extremities where the verdict changed, the current state where it rests on the event. */
async function announce(was: EventRow, is: EventRow, context: StepContext): Promise<void> {
  const { room, reader, change, states } = context
  const stateChanged = await states.differences(was.snapshotBefore, is.snapshotBefore)
  const extremities = was.status === is.status ? room.forwardExtremities : await extremitiesOfGraph(is, context)
  const others = await room.rowsByNid(
    extremities.filter(nid => nid !== is.event),
    reader,
  )
  const rows = extremities.includes(is.event) ? [...others, is] : others
  const { snapshot } = await resolveStatesOf(rows, context)
  const current = await changeOfCurrentState(snapshot, context)
  change.moveTo(extremities, snapshot)
  await noteMemberships(current, context)
  if (stateChanged.length === 0 && current.entries.length === 0 && was.status === is.status) return
  change.output({
    kind: 'state-corrected',
    event: is.event,
    status: is.status,
    before: {
      added: stateChanged.flatMap(({ after }) => (after === 0 ? [] : [after])),
      removed: stateChanged.flatMap(({ before }) => (before === 0 ? [] : [before])),
    },
    current: {
      added: current.entries.flatMap(({ after }) => (after === 0 ? [] : [after])),
      removed: current.entries.flatMap(({ before }) => (before === 0 ? [] : [before])),
    },
  })
}
