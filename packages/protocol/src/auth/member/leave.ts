/**
 * Membership `leave`: leaving, refusing an invite, withdrawing a knock, kicks and unbans. Room version 12, rules 5.5.1 to
 * 5.5.5; versions 8 to 11, 4.5; 6 and 7, 4.4; 1 to 5, 5.4.
 */
import type { RoomEvent } from '../../event/index.ts'
import type { AuthState } from '../auth-state.ts'
import { allow, deny, type Verdict } from '../verdict.ts'

export function authorizeLeave(event: RoomEvent, state: AuthState): Verdict {
  const { rules, sender, stateKey: target = '' } = event

  // 5.5.1 One leaves where one is joined or invited, or (since version 7) knocking; not twice, and not from a ban.
  if (sender === target) {
    const { value, event: decidedBy } = state.membership(sender)
    if (value === 'invite' || value === 'join' || (rules.auth.knock && value === 'knock')) return allow('leave/self')
    return deny('leave/self', `${sender} has nothing to leave: the membership is ${value}`, decidedBy)
  }

  // 5.5.2 Only members remove others.
  const membership = state.membership(sender)
  if (membership.value !== 'join') return deny('leave/sender', `${sender} is not joined`, membership.event)

  // 5.5.3 Lifting a ban needs the ban level (and, below, the kick level too).
  const power = state.powerLevelOf(sender)
  const current = state.membership(target)
  if (current.value === 'ban' && power < state.levelFor('ban'))
    return deny('leave/unban', `${sender} lacks the ban level to unban ${target}`, state.powerLevelsEvent())

  // 5.5.4 Kicking needs the kick level and more power than the target.
  if (power >= state.levelFor('kick') && state.powerLevelOf(target) < power) return allow('leave/kick')

  // 5.5.5 Otherwise, reject.
  return deny('leave/otherwise', `${sender} lacks the power to remove ${target}`, state.powerLevelsEvent())
}
