/**
 * The membership table: who is what in the current state, kept in the commit that changes it.
 */
import type { MembershipRow } from '../storage/index.ts'
import { type EventNid, memberTypeNid } from '../types/index.ts'
import type { CurrentStateChange } from './current-state.ts'
import type { StepContext } from './step.ts'

const memberships: ReadonlySet<unknown> = new Set(['join', 'invite', 'knock', 'leave', 'ban'])

/** Notes the memberships that changed with the current state. */
export async function noteMemberships({ entries }: CurrentStateChange, { change, events }: StepContext): Promise<void> {
  const members = entries.filter(entry => entry.type === memberTypeNid)
  if (members.length === 0) return
  const loaded = await events.load(members.flatMap(({ after }) => (after === 0 ? [] : [after as EventNid])))
  for (const { stateKey: user, after } of members) {
    const membership = after === 0 ? undefined : loaded.get(after)?.content['membership']
    if (isMembership(membership)) change.setMembership({ user, event: after, membership })
    else change.setMembership({ user, event: 0, membership: 'leave' })
  }
}

function isMembership(value: unknown): value is MembershipRow['membership'] {
  return memberships.has(value)
}
