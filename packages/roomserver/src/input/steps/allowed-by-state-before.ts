/**
 * Step 6: the event must be allowed by the state before it. No: rejected; kept with its reason, changes nothing.
 * Server-server API, "Checks performed on receipt of a PDU", 5.
 */
import { authorizeByState } from '@neurite/protocol'
import type { EventNid } from '../../types/index.ts'
import { loadAuthState } from '../auth-state.ts'
import { verdictReason } from '../reasons.ts'
import { next, type Step } from '../step.ts'
import type { Work } from '../work.ts'

export const allowedByStateBefore: Step = {
  name: 'state_before',
  async run(work, context) {
    const state = await loadAuthState(work.event, work.stateBefore.snapshot, context, work.authEvents)
    // The same events as its auth events give the same verdict, which was to allow.
    if (isSameAs(state.events, work)) return next
    const verdict = authorizeByState(work.event, state.lookup, context.crypto)
    return verdict.allowed ? next : { kind: 'reject', reason: verdictReason(this.name, verdict) }
  },
}

function isSameAs(events: readonly EventNid[], { authEvents, impliedCreate }: Work): boolean {
  const own = impliedCreate === undefined ? authEvents : [...authEvents, impliedCreate]
  return own.length === events.length && own.every(({ row }) => events.includes(row.event))
}
