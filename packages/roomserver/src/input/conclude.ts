/**
 * What follows from a judged event: its row, the state after it, forward extremities, current state, memberships, redactions and
 * output, gathered into one change of the room.
 */
import { deltaOf } from '../output/index.ts'
import type { EventRow, EventStatus, VerdictReason } from '../storage/index.ts'
import type { EventNid, StateKeyNid, StateSnapshotNid } from '../types/index.ts'
import { isProvisional, waitsOf } from './corrections.ts'
import { type CurrentStateChange, changeOfCurrentState } from './current-state.ts'
import { extremitiesAfter } from './forward-extremities.ts'
import { historyVisibilityOf } from './history-visibility.ts'
import { noteMemberships } from './memberships.ts'
import type { Names } from './names.ts'
import { noteRedactions } from './redactions.ts'
import { resolveCurrentState } from './resolve-states.ts'
import type { StepContext } from './step.ts'
import { timestampOf } from './timestamps.ts'
import type { Work } from './work.ts'

/**
 * Forward extremities that an output names, the youngest. A busy room has a dozen; a server that means ill can make very many, and each
 * of its events would tell of all of them.
 */
const maxExtremitiesTold = 100

/** What the steps made of an event that is to be kept. */
export interface Judgement {
  readonly status: EventStatus
  readonly reason: VerdictReason | undefined
}

/** Fills `context.change` with all that the event changes. @returns the event's row */
export async function conclude(
  work: Work,
  judgement: Judgement,
  context: StepContext,
  names: Names,
): Promise<EventRow> {
  const { event, queueRow } = work
  const { change, events } = context
  const nid = work.stored?.event ?? change.allotEvent()
  const row = await eventRow(nid, work, judgement, context, names)
  change.writeEvent(row, work.stored === undefined ? event.canonicalText : undefined)
  if (queueRow !== undefined) change.finishQueueRow(queueRow)
  await events.holding(nid, event, () => noteConsequences(row, work, context))
  return row
}

/** What follows from an event that is decided, for the room and for its other events. */
async function noteConsequences(row: EventRow, work: Work, context: StepContext): Promise<void> {
  const { item, event, stored } = work
  const { change } = context
  if (item.kind !== 'outlier') {
    if (row.provisional) change.waitFor(waitsOf(row.event, work))
    if (row.status === 'accepted' && item.kind === 'new') await advance(row, work, context)
    else if (row.status === 'accepted' && item.kind === 'old')
      change.output({
        kind: 'old',
        event: row.event,
        historyVisibility: await historyVisibilityOf(row.snapshotBefore, context),
      })
  }
  await noteRedactions({ row, event }, stored, context)
}

/** The row of an event that is going to be stored under a number. */
export async function eventRow(
  nid: EventNid,
  work: Work,
  { status, reason }: Judgement,
  { change, states }: StepContext,
  names: Names,
): Promise<EventRow> {
  const { event, item } = work
  const { type, stateKey } = await names.of(event)
  const isOutlier = item.kind === 'outlier'
  const before = isOutlier ? 0 : work.stateBefore.snapshot
  let after: StateSnapshotNid | 0 = before
  if (!isOutlier && stateKey !== 0 && status !== 'rejected')
    after = await states.append(
      change.state,
      before,
      { type, stateKey: stateKey as StateKeyNid, event: nid },
      work.stateBefore.origin,
    )
  return {
    event: nid,
    eventId: event.eventId,
    type,
    stateKey,
    status,
    outlier: isOutlier,
    provisional: !isOutlier && isProvisional(work),
    reason,
    depth: event.depth,
    timestamp: timestampOf(event),
    prevEvents: isOutlier ? [] : work.prevEvents.map(prev => prev.event),
    authEvents: work.authEvents.map(authEvent => authEvent.row.event),
    snapshotBefore: before,
    snapshotAfter: after,
    origin: item.origin,
  }
}

/** A new event that is shown: it becomes a forward extremity, and the current state follows. */
async function advance(row: EventRow, work: Work, context: StepContext): Promise<void> {
  const { room, change } = context
  // What this server knew of the room when it was in it before is not merged into what it is now.
  const extremities = work.comesIn ? [row.event] : await extremitiesAfter(row.event, work.prevEvents, context)
  const others = await room.rowsByNid(extremities.slice(0, -1), context.reader)
  const snapshot = await resolveCurrentState(others, row, context)
  const changed: CurrentStateChange = await changeOfCurrentState(snapshot, context)
  // Before all members are read: of a large room they push the state out of the caches, and it may not be stored yet.
  const historyVisibility = await historyVisibilityOf(row.snapshotBefore, context)
  const currentBefore = room.currentSnapshot
  change.moveTo(extremities, snapshot)
  await noteMemberships(changed, context)
  const { sendAsServer, transactionId } = work.item
  change.output({
    kind: 'new',
    event: row.event,
    extremities: extremities.slice(-maxExtremitiesTold),
    ...deltaOf(changed.entries),
    historyVisibility,
    ...(work.comesIn ? { rewritesState: true } : {}),
    ...(currentBefore === row.snapshotBefore ? {} : { currentBefore }),
    ...(sendAsServer === undefined ? {} : { sendAsServer }),
    ...(transactionId === undefined ? {} : { transactionId }),
  })
}
