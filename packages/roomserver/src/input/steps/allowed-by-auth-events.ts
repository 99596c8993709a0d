/**
 * Step 3: the event must be allowed by its own auth events. No: rejected, for good, since they never change.
 * Server-server API, "Checks performed on receipt of a PDU", 4.
 */
import { authorizeByAuthEvents } from '@neurite/protocol'
import { verdictReason } from '../reasons.ts'
import { next, type Step } from '../step.ts'
import type { StoredEvent } from '../work.ts'

export const allowedByAuthEvents: Step = {
  name: 'auth_events',
  async run(work, { crypto }) {
    const create = work.impliedCreate === undefined ? undefined : judged(work.impliedCreate)
    const verdict = authorizeByAuthEvents(work.event, work.authEvents.map(judged), create, crypto)
    return verdict.allowed ? next : { kind: 'reject', reason: verdictReason(this.name, verdict) }
  },
}

/** An event as the rules ask for it: with whether it was rejected. */
export function judged({ event, row }: StoredEvent) {
  return { event, rejected: row.status === 'rejected' }
}
