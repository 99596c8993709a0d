/**
 * `m.room.member`: each membership has a file of its own.
 * Room version 12, rule 5; versions 6 to 11, rule 4; versions 1 to 5, rule 5.
 */
import type { Crypto } from '../../crypto/index.ts'
import type { RoomEvent } from '../../event/index.ts'
import { isUserId } from '../../identifiers/index.ts'
import type { AuthState } from '../auth-state.ts'
import { deny, type Verdict } from '../verdict.ts'
import { authorizeBan } from './ban.ts'
import { authorizeInvite } from './invite.ts'
import { authorizeJoin } from './join.ts'
import { authorizeKnock } from './knock.ts'
import { authorizeLeave } from './leave.ts'

export function authorizeMember(event: RoomEvent, state: AuthState, crypto: Crypto): Verdict {
  const { content, rules } = event
  const { membership } = content

  // 5.1 A membership is someone's, and says which.
  if (event.stateKey === undefined || membership === undefined)
    return deny('member/form', 'a member event needs a state_key and a membership')

  // 5.2 [8] The authoriser's server must have signed. That it did is checked with the other signatures
  // (requiredSigners); what is no user ID has no server that could have.
  const authoriser = content['join_authorised_via_users_server']
  if (rules.auth.restrictedJoins && authoriser !== undefined && !isUserId(authoriser))
    return deny('member/authoriser', 'join_authorised_via_users_server is not a user ID')

  if (membership === 'join') return authorizeJoin(event, state) // 5.3
  if (membership === 'invite') return authorizeInvite(event, state, crypto) // 5.4
  if (membership === 'leave') return authorizeLeave(event, state) // 5.5
  if (membership === 'ban') return authorizeBan(event, state) // 5.6
  if (rules.auth.knock && membership === 'knock') return authorizeKnock(event, state) // 5.7

  // 5.8 Any other membership is unknown.
  return deny('member/unknown', 'the membership is none that this room version knows')
}
