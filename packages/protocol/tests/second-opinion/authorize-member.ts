// The rules for membership events. Each function ends in allow or reject, as the specification's sections do.
// Follows: rooms/, "If type is m.room.member" (rule 5 in versions 1 to 5 and 12, rule 4 in versions 6 to 11).

import { creatorOf, roomLevel, userLevel } from './power-levels.ts'
import { checkThirdPartyInvite } from './third-party-invite.ts'
import type { Json, PlainContext, PlainEvent, PlainVerdict, StateMap } from './types.ts'
import { allow, CREATE, deny, get, has, isUserId, JOIN_RULES, membershipOf, versionNumber } from './types.ts'

/** What the sections below share. `rule` is the section's number; `target` the user that the state key names. */
interface Section {
  readonly version: string
  readonly event: PlainEvent
  readonly target: string
  readonly state: StateMap
  readonly context: PlainContext
  readonly rule: string
}

export function checkMember(
  version: string,
  event: PlainEvent,
  state: StateMap,
  context: PlainContext,
  member: number,
): PlainVerdict {
  const v = versionNumber(version)
  // .1: no state key, or no membership.
  const target = event.stateKey
  if (target === undefined) return deny(`${member}.1`, 'a membership without a state key')
  if (!has(event.content, 'membership')) return deny(`${member}.1`, 'a membership event without membership')
  // .2, since version 8: join_authorised_via_users_server has to be signed for, whatever the membership. The
  // signature is checked elsewhere; a value that is no user ID has no server that could have signed.
  if (v >= 8 && has(event.content, 'join_authorised_via_users_server')) {
    if (!isUserId(get(event.content, 'join_authorised_via_users_server')))
      return deny(`${member}.2.1`, 'the authoriser is no user ID')
  }
  const first = v >= 8 ? 3 : 2
  const section = (offset: number): Section => {
    return { version, event, target, state, context, rule: `${member}.${first + offset}` }
  }
  const membership = get(event.content, 'membership')
  if (membership === 'join') return checkJoin(section(0))
  if (membership === 'invite') return checkInvite(section(1))
  if (membership === 'leave') return checkLeave(section(2))
  if (membership === 'ban') return checkBan(section(3))
  if (membership === 'knock' && v >= 7) return checkKnock(section(4))
  return deny(section(v >= 7 ? 5 : 4).rule, 'the membership is unknown')
}

/**
 * The join rule. The pages do not say what holds without an event; servers in use take such a room for invite-only
 * (matrix-spec issue 657). An event without a value has no rule at all, so that "otherwise, reject" holds.
 */
function joinRuleOf(state: StateMap): Json | undefined {
  const event = state.get(JOIN_RULES)
  return event === undefined ? 'invite' : get(event.content, 'join_rule')
}

/** If membership is join. */
function checkJoin({ version, event, target, state, rule }: Section): PlainVerdict {
  const v = versionNumber(version)
  // .1: the only previous event is an m.room.create, and the state key is the creator.
  const create = state.get(CREATE)
  const [onlyPrev, ...more] = event.prevEvents
  if (onlyPrev !== undefined && more.length === 0 && create !== undefined) {
    // The create event of the state, not just any: else a late one would let a banned creator back in.
    if (onlyPrev === create.eventId && creatorOf(version, create) === target) return allow
  }
  // .2: nobody joins another.
  if (event.sender !== target) return deny(`${rule}.2`, `${event.sender} cannot join ${target}`)
  // .3: nor when banned.
  const membership = membershipOf(state, event.sender)
  if (membership === 'ban') return deny(`${rule}.3`, `${event.sender} is banned`)
  const isIn = membership === 'invite' || membership === 'join'
  const joinRule = joinRuleOf(state)
  // .4: invite, since version 7 knock too: those invited or already in.
  if ((joinRule === 'invite' || (joinRule === 'knock' && v >= 7)) && isIn) return allow
  // .5, since version 8: restricted; since version 10 knock_restricted too.
  if ((joinRule === 'restricted' && v >= 8) || (joinRule === 'knock_restricted' && v >= 10)) {
    if (isIn) return allow
    const authoriser = get(event.content, 'join_authorised_via_users_server')
    if (typeof authoriser !== 'string') return deny(`${rule}.5.2`, 'nobody authorised the join')
    if (membershipOf(state, authoriser) !== 'join') return deny(`${rule}.5.2`, `${authoriser} is not joined`)
    if (userLevel(version, state, authoriser) < roomLevel(version, state, 'invite'))
      return deny(`${rule}.5.2`, `${authoriser} may not invite`)
    return allow
  }
  // public, and the end (.5 and .6 before version 8).
  if (joinRule === 'public') return allow
  return deny(`${rule}.${v >= 8 ? 7 : 6}`, `the join rule does not let ${event.sender} in`)
}

/** If membership is invite. */
function checkInvite({ version, event, target, state, context, rule }: Section): PlainVerdict {
  // .1: third-party invites never fall through.
  if (has(event.content, 'third_party_invite')) return checkThirdPartyInvite(event, target, state, context, `${rule}.1`)
  // .2, .3: the sender is in; the target is neither in nor banned.
  if (membershipOf(state, event.sender) !== 'join') return deny(`${rule}.2`, `${event.sender} is not joined`)
  const membership = membershipOf(state, target)
  if (membership === 'join' || membership === 'ban') return deny(`${rule}.3`, `${target} is ${membership}`)
  // .4, .5: the invite level.
  if (userLevel(version, state, event.sender) >= roomLevel(version, state, 'invite')) return allow
  return deny(`${rule}.5`, `${event.sender} may not invite`)
}

/** If membership is leave: leaving, declining, kicking, unbanning. */
function checkLeave({ version, event, target, state, rule }: Section): PlainVerdict {
  const v = versionNumber(version)
  const membership = membershipOf(state, target)
  // .1: one's own leave: from invite or join, since version 7 from knock.
  if (event.sender === target) {
    if (membership === 'invite' || membership === 'join' || (membership === 'knock' && v >= 7)) return allow
    return deny(`${rule}.1`, `${target} is not in the room`)
  }
  // .2: the sender is in.
  if (membershipOf(state, event.sender) !== 'join') return deny(`${rule}.2`, `${event.sender} is not joined`)
  // .3: a ban is lifted by those who may ban.
  const level = userLevel(version, state, event.sender)
  if (membership === 'ban' && level < roomLevel(version, state, 'ban'))
    return deny(`${rule}.3`, `${event.sender} may not unban`)
  // .4, .5: and the kick level is needed in either case, and more power than the target has.
  if (level >= roomLevel(version, state, 'kick') && userLevel(version, state, target) < level) return allow
  return deny(`${rule}.5`, `${event.sender} may not kick ${target}`)
}

/** If membership is ban. */
function checkBan({ version, event, target, state, rule }: Section): PlainVerdict {
  // .1: the sender is in.
  if (membershipOf(state, event.sender) !== 'join') return deny(`${rule}.1`, `${event.sender} is not joined`)
  // .2, .3: the ban level, and more power than the target has.
  const level = userLevel(version, state, event.sender)
  if (level >= roomLevel(version, state, 'ban') && userLevel(version, state, target) < level) return allow
  return deny(`${rule}.3`, `${event.sender} may not ban ${target}`)
}

/** If membership is knock: since version 7. */
function checkKnock({ version, event, target, state, rule }: Section): PlainVerdict {
  // .1: join rule knock, since version 10 knock_restricted too.
  const joinRule = joinRuleOf(state)
  if (joinRule !== 'knock' && !(joinRule === 'knock_restricted' && versionNumber(version) >= 10))
    return deny(`${rule}.1`, 'the join rule allows no knocking')
  // .2: nobody knocks for another.
  if (event.sender !== target) return deny(`${rule}.2`, `${event.sender} cannot knock for ${target}`)
  // .3, .4: not when banned, invited or in.
  const membership = membershipOf(state, event.sender)
  if (membership !== 'ban' && membership !== 'invite' && membership !== 'join') return allow
  return deny(`${rule}.4`, `${event.sender} is ${membership}`)
}
