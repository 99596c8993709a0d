/**
 * Membership `ban`. Room version 12, rules 5.6.1 to 5.6.3; versions 8 to 11, 4.6; 6 and 7, 4.5; 1 to 5, 5.5.
 */
import type { RoomEvent } from '../../event/index.ts'
import type { AuthState } from '../auth-state.ts'
import { allow, deny, type Verdict } from '../verdict.ts'

export function authorizeBan(event: RoomEvent, state: AuthState): Verdict {
  const { sender, stateKey: target = '' } = event

  // 5.6.1 Only members ban.
  const membership = state.membership(sender)
  if (membership.value !== 'join') return deny('ban/sender', `${sender} is not joined`, membership.event)

  // 5.6.2 Banning needs the ban level and more power than the target.
  const power = state.powerLevelOf(sender)
  if (power >= state.levelFor('ban') && state.powerLevelOf(target) < power) return allow('ban/power')

  // 5.6.3 Otherwise, reject.
  return deny('ban/otherwise', `${sender} lacks the power to ban ${target}`, state.powerLevelsEvent())
}
