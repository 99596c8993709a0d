/**
 * Membership `join`. Room version 12, rules 5.3.1 to 5.3.7; versions 8 to 11, 4.3; 6 and 7, 4.2; 1 to 5, 5.2.
 */
import type { RoomEvent } from '../../event/index.ts'
import type { AuthState } from '../auth-state.ts'
import { roomCreator } from '../creators.ts'
import { allow, deny, type Verdict } from '../verdict.ts'

export function authorizeJoin(event: RoomEvent, state: AuthState): Verdict {
  const { rules, sender, stateKey } = event

  // 5.3.1 The creator's own first join, straight after the create event. Additional creators need an invite or an open door.
  const create = state.create()
  if (create !== undefined && event.prevEvents.length === 1 && event.prevEvents[0] === create.eventId)
    if (stateKey === roomCreator(create)) return allow('join/first')

  // 5.3.2 Nobody joins for someone else.
  if (sender !== stateKey) return deny('join/sender', `${sender} cannot join for ${stateKey}`)

  // 5.3.3 The banned stay out.
  const current = state.membership(sender)
  if (current.value === 'ban') return deny('join/banned', `${sender} is banned`, current.event)

  const joinRule = state.joinRule()
  const isMember = current.value === 'invite' || current.value === 'join'

  // 5.3.4 By invitation; with rule knock, since version 7, the same.
  if (joinRule.value === 'invite' || (rules.auth.knock && joinRule.value === 'knock')) {
    if (isMember) return allow('join/invite')
    return deny('join/invite', `the join rule is ${joinRule.value} and ${sender} is not invited`, joinRule.event)
  }

  // 5.3.5 Restricted, since version 8; knock_restricted, since version 10.
  const restricted =
    (rules.auth.restrictedJoins && joinRule.value === 'restricted') ||
    (rules.auth.knockRestricted && joinRule.value === 'knock_restricted')
  if (restricted) return authorizeRestrictedJoin(event, state, isMember)

  // 5.3.6 Open to all.
  if (joinRule.value === 'public') return allow('join/public')

  // 5.3.7 Any other rule, also one that this room version does not have, lets nobody in.
  return deny('join/otherwise', `the join rule is ${joinRule.value ?? 'unreadable'}`, joinRule.event)
}

/** Rule 5.3.5: members and invited users may, others need a joined user with the invite level to vouch for them. */
function authorizeRestrictedJoin(event: RoomEvent, state: AuthState, isMember: boolean): Verdict {
  // 5.3.5.1 Who is invited or joined already needs no authoriser.
  if (isMember) return allow('join/restricted/member')

  // 5.3.5.2 The authoriser is joined and may invite. Whether the conditions are met is the authorising server's affair.
  const authoriser = event.content['join_authorised_via_users_server']
  if (typeof authoriser !== 'string')
    return deny('join/restricted/authoriser', `${event.sender} is not invited and nobody authorises the join`)
  const membership = state.membership(authoriser)
  if (membership.value !== 'join')
    return deny('join/restricted/authoriser', `authoriser ${authoriser} is not joined`, membership.event)
  if (state.powerLevelOf(authoriser) < state.levelFor('invite'))
    return deny('join/restricted/authoriser', `authoriser ${authoriser} may not invite`, state.powerLevelsEvent())

  // 5.3.5.3 Otherwise, allow.
  return allow('join/restricted/allow')
}
