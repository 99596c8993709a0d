/**
 * Membership `invite`. Room version 12, rules 5.4.1 to 5.4.5; versions 8 to 11, 4.4; 6 and 7, 4.3; 1 to 5, 5.3.
 */
import type { Crypto } from '../../crypto/index.ts'
import type { RoomEvent } from '../../event/index.ts'
import type { AuthState } from '../auth-state.ts'
import { allow, deny, type Verdict } from '../verdict.ts'
import { authorizeThirdPartyInviteClaim } from './third-party-invite-claim.ts'

export function authorizeInvite(event: RoomEvent, state: AuthState, crypto: Crypto): Verdict {
  const { sender, stateKey: target = '' } = event

  // 5.4.1 Invites that claim an earlier invite to a third-party ID have rules of their own, which decide.
  const claim = event.content['third_party_invite']
  if (claim !== undefined) return authorizeThirdPartyInviteClaim(event, claim, state, crypto)

  // 5.4.2 Only members invite.
  const membership = state.membership(sender)
  if (membership.value !== 'join') return deny('invite/sender', `${sender} is not joined`, membership.event)

  // 5.4.3 Members and the banned cannot be invited.
  const current = state.membership(target)
  if (current.value === 'join' || current.value === 'ban')
    return deny('invite/target', `${target} is ${current.value === 'ban' ? 'banned' : 'joined'}`, current.event)

  // 5.4.4 The invite level is enough.
  if (state.powerLevelOf(sender) >= state.levelFor('invite')) return allow('invite/power')

  // 5.4.5 Otherwise, reject.
  return deny('invite/otherwise', `${sender} lacks the invite level`, state.powerLevelsEvent())
}
