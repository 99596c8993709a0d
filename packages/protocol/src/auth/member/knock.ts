/**
 * Membership `knock`, since room version 7. Room version 12, rules 5.7.1 to 5.7.4; versions 8 to 11, 4.7; version 7, 4.6.
 */
import type { RoomEvent } from '../../event/index.ts'
import type { AuthState } from '../auth-state.ts'
import { allow, deny, type Verdict } from '../verdict.ts'

export function authorizeKnock(event: RoomEvent, state: AuthState): Verdict {
  const { rules, sender, stateKey } = event

  // 5.7.1 The room must be open to knocks: join rule knock, and since version 10 also knock_restricted.
  const joinRule = state.joinRule()
  const open = joinRule.value === 'knock' || (rules.auth.knockRestricted && joinRule.value === 'knock_restricted')
  if (!open) return deny('knock/join-rule', `the join rule is ${joinRule.value ?? 'unreadable'}`, joinRule.event)

  // 5.7.2 Nobody knocks for someone else.
  if (sender !== stateKey) return deny('knock/sender', `${sender} cannot knock for ${stateKey}`)

  // 5.7.3 Whoever is banned, invited or joined has nothing to knock for.
  const current = state.membership(sender)
  if (current.value !== 'ban' && current.value !== 'invite' && current.value !== 'join')
    return allow('knock/membership')

  // 5.7.4 Otherwise, reject.
  return deny('knock/otherwise', `the membership of ${sender} is ${current.value}`, current.event)
}
