/**
 * Step 7: new events must be allowed by the current state too. No: soft-failed; kept, counts in state, but no forward extremity
 * and not shown. Server-server API, "Checks performed on receipt of a PDU", 6, "Soft failure". Where this server comes into the room, what it
 * knew of it from an earlier time is not the current state.
 */
import { authorizeByState } from '@neurite/protocol'
import { loadAuthState } from '../auth-state.ts'
import { verdictReason } from '../reasons.ts'
import { next, type Step, type StepContext } from '../step.ts'
import type { Work } from '../work.ts'

export const allowedByCurrentState: Step = {
  name: 'current_state',
  async run(work, context) {
    if (work.item.kind !== 'new' || work.comesIn || buildsOnCurrentState(work, context)) return next
    const state = await loadAuthState(work.event, context.room.currentSnapshot, context, work.authEvents)
    const verdict = authorizeByState(work.event, state.lookup, context.crypto)
    return verdict.allowed ? next : { kind: 'soft-fail', reason: verdictReason(this.name, verdict) }
  },
}

/** Where the state before the event is the current state there is nothing more to check. */
function buildsOnCurrentState({ stateBefore, prevEvents }: Work, { room }: StepContext): boolean {
  if (stateBefore.snapshot === room.currentSnapshot) return true
  const extremities = new Set(room.forwardExtremities)
  const prev = new Set(prevEvents.map(row => row.event))
  return prev.size === extremities.size && prev.isSubsetOf(extremities)
}
