/**
 * One correction: a provisional event, all of whose prev events are final by now, is judged by the state that follows from them; or one
 * that rested on a state without its members by that state as it is now. What that changes (its verdict, the states before and after it,
 * the current state, redactions) goes into one change of the room.
 */
import { authorizeByAuthEvents, authorizeByState } from '@neurite/protocol'
import { deltaOf } from '../output/index.ts'
import type { EventRow } from '../storage/index.ts'
import type { StateKeyNid } from '../types/index.ts'
import { loadAuthState } from './auth-state.ts'
import type { Judgement } from './conclude.ts'
import type { Correctable } from './corrections.ts'
import { changeOfCurrentState } from './current-state.ts'
import { extremitiesOfGraph } from './forward-extremities.ts'
import { noteMemberships } from './memberships.ts'
import { verdictReason } from './reasons.ts'
import { noteRedactions } from './redactions.ts'
import { resolveStatesOf } from './resolve-states.ts'
import type { StepContext } from './step.ts'
import { allowedByAuthEvents, judged } from './steps/allowed-by-auth-events.ts'
import { allowedByStateBefore } from './steps/allowed-by-state-before.ts'
import { tooLongKeys } from './steps/key-lengths.ts'
import type { KnownState } from './work.ts'

/** Fills `context.change`. @returns the event's row as it will be */
export async function correct(correctable: Correctable, context: StepContext): Promise<EventRow> {
  const stateBefore = await resolveStatesOf(correctable.prevEvents, context)
  const judgement = await verdictBy(stateBefore.snapshot, correctable, context)
  return correctTo(stateBefore, judgement, correctable, context)
}

/** The same by a state and a verdict that are known already. */
export async function correctTo(
  { snapshot: before, origin }: KnownState,
  { status, reason }: Judgement,
  correctable: Correctable,
  context: StepContext,
): Promise<EventRow> {
  const { row, event, prevEvents, authEvents } = correctable
  const { change, states } = context
  const { type, stateKey, event: nid } = row
  const entry = { type, stateKey: stateKey as StateKeyNid, event: nid }
  const keepsState = stateKey === 0 || status === 'rejected'
  const after = keepsState ? before : await states.append(change.state, before, entry, origin)
  const provisional = origin !== 'computed' || authEvents.some(({ row: authRow }) => authRow.outlier)
  const corrected: EventRow = {
    ...row,
    status,
    reason,
    provisional,
    prevEvents: prevEvents.map(prev => prev.event),
    snapshotBefore: before,
    snapshotAfter: after,
  }
  change.writeEvent(corrected, undefined)
  if (!provisional) change.waitNoMore(nid)
  await announce(row, corrected, context)
  await noteRedactions({ row: corrected, event }, row, context)
  return corrected
}

/** The checks that follow from the graph. Whether it was soft-failed when it came stays as it is. */
export async function verdictBy(
  before: EventRow['snapshotBefore'],
  { row, event, authEvents, impliedCreate }: Correctable,
  context: StepContext,
): Promise<Judgement> {
  const tooLong = tooLongKeys(event)
  if (tooLong !== undefined) return { status: 'rejected', reason: tooLong }
  const create = impliedCreate && judged(impliedCreate)
  const byAuthEvents = authorizeByAuthEvents(event, authEvents.map(judged), create, context.crypto)
  if (!byAuthEvents.allowed)
    return { status: 'rejected', reason: verdictReason(allowedByAuthEvents.name, byAuthEvents) }
  const { lookup } = await loadAuthState(event, before, context)
  const byState = authorizeByState(event, lookup, context.crypto)
  if (!byState.allowed) return { status: 'rejected', reason: verdictReason(allowedByStateBefore.name, byState) }
  return row.status === 'soft-failed'
    ? { status: row.status, reason: row.reason }
    : { status: 'accepted', reason: undefined }
}

/** The room follows: forward extremities where the verdict changed, the current state where it rests on the event. */
async function announce(was: EventRow, is: EventRow, context: StepContext): Promise<void> {
  const { room, reader, change, states } = context
  const isCompletion = (await states.originOf(was.snapshotBefore)) === 'partial'
  // Events before it that were not here when it came became extremities when they came.
  const sameGraph = was.status === is.status && was.prevEvents.length === is.prevEvents.length
  const extremities = sameGraph ? room.forwardExtremities : await extremitiesOfGraph(is, context)
  const others = await room.rowsByNid(
    extremities.filter(nid => nid !== is.event),
    reader,
  )
  const rows = extremities.includes(is.event) ? [...others, is] : others
  // With states that still lack members a whole one would resolve to neither: the current state follows with the last of them.
  const isEarly = isCompletion && (await anyIsPartial(others, context))
  const { snapshot } = isEarly ? { snapshot: room.currentSnapshot } : await resolveStatesOf(rows, context)
  const current = await changeOfCurrentState(snapshot, context)
  change.moveTo(extremities, snapshot)
  await noteMemberships(current, context)
  // What rests on a state that was completed changed by the same: it is told once, with the event that the state was given for.
  const isToldOf = isCompletion && was.prevEvents.length > 0
  const before = isToldOf ? [] : await states.differences(was.snapshotBefore, is.snapshotBefore, change.state)
  if (before.length === 0 && current.entries.length === 0 && was.status === is.status) return
  change.output({
    kind: 'state-corrected',
    event: is.event,
    status: is.status,
    before: deltaOf(before),
    current: deltaOf(current.entries),
  })
}

async function anyIsPartial(rows: readonly EventRow[], { states }: StepContext): Promise<boolean> {
  for (const { snapshotAfter } of rows) if ((await states.originOf(snapshotAfter)) === 'partial') return true
  return false
}
