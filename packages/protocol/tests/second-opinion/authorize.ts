// The authorisation rules, in the order of the specification: the create event, the auth events, then what the
// state allows. Follows: rooms/v1 to v12, "Authorisation rules". Numbers in `rule` are those of the room version.

import { checkAuthEvents, checkRoomId, impliedCreate, usableAuthEvents } from './auth-events.ts'
import { checkMember } from './authorize-member.ts'
import { checkPowerLevels } from './authorize-power-levels.ts'
import { requiredLevel, roomLevel, userLevel } from './power-levels.ts'
import type { PlainContext, PlainEvent, PlainVerdict, StateMap } from './types.ts'
import {
  allow,
  CREATE,
  deny,
  domainOf,
  get,
  has,
  isRecognisedVersion,
  isUserId,
  membershipOf,
  versionNumber,
} from './types.ts'

/** The numbers of the rules after "Considering the event's auth_events", which differ between versions. */
function ruleNumbers(version: string) {
  const v = versionNumber(version)
  // Version 6 lost the rule for aliases (4 before it); version 12 gained rule 2.
  const member = v <= 5 || v >= 12 ? 5 : 4
  return {
    federate: v <= 11 ? 3 : 4,
    aliases: 4,
    member,
    joined: member + 1,
    thirdPartyInvite: member + 2,
    requiredLevel: member + 3,
    stateKey: member + 4,
    powerLevels: member + 5,
    redaction: member + 6,
  }
}

/** Check 4 of "Checks performed on receipt of a PDU": the event against its own auth events. */
export function authorizeByAuthEvents(version: string, event: PlainEvent, context: PlainContext): PlainVerdict {
  const v = versionNumber(version)
  // Rule 1 ends in allow or reject: a create event's auth events are not looked at.
  if (event.type === 'm.room.create') return checkCreate(version, event)
  if (v >= 12) {
    const byRoomId = checkRoomId(event, context)
    if (!byRoomId.allowed) return byRoomId
  }
  const byAuthEvents = checkAuthEvents(version, event, context)
  if (!byAuthEvents.allowed) return byAuthEvents
  const state = usableAuthEvents(event, context)
  const create = v >= 12 ? impliedCreate(event, context) : undefined
  if (create) state.set(CREATE, create)
  return authorizeByState(version, event, state, context)
}

/** Checks 5 and 6: all rules but those about auth events, against a state. */
export function authorizeByState(
  version: string,
  event: PlainEvent,
  state: StateMap,
  context: PlainContext,
): PlainVerdict {
  const v = versionNumber(version)
  const numbers = ruleNumbers(version)
  // Rule 1.
  if (event.type === 'm.room.create') return checkCreate(version, event)

  // All further rules speak of "the m.room.create event in the room state": without one nothing can be allowed.
  const create = state.get(CREATE)
  if (create === undefined) return deny('state/no-create', 'there is no create event in the state')

  // Rule 3 (4 in version 12): `m.federate` set to false, and the sender's domain is not the creator's.
  if (get(create.content, 'm.federate') === false && domainOf(event.sender) !== domainOf(create.sender))
    return deny(`${numbers.federate}`, 'the room does not federate')

  // Rule 4 in versions 1 to 5.
  if (v <= 5 && event.type === 'm.room.aliases') return checkAliases(event)

  // If type is m.room.member: ends in allow or reject.
  if (event.type === 'm.room.member') return checkMember(version, event, state, context, numbers.member)

  // "If the sender's current membership state is not join, reject."
  if (membershipOf(state, event.sender) !== 'join') return deny(`${numbers.joined}`, `${event.sender} is not joined`)

  const level = userLevel(version, state, event.sender)

  // "If type is m.room.third_party_invite: allow if and only if the sender's power level >= the invite level."
  if (event.type === 'm.room.third_party_invite') {
    if (level >= roomLevel(version, state, 'invite')) return allow
    return deny(`${numbers.thirdPartyInvite}.1`, `${event.sender} may not invite`)
  }

  // "If the event type's required power level is greater than the sender's power level, reject."
  if (requiredLevel(version, state, event) > level)
    return deny(`${numbers.requiredLevel}`, `${event.sender} may not send ${event.type}`)

  // "If the event has a state_key that starts with an @ and does not match the sender, reject."
  if (event.stateKey?.startsWith('@') && event.stateKey !== event.sender)
    return deny(`${numbers.stateKey}`, `the state key ${event.stateKey} is another user`)

  // If type is m.room.power_levels: ends in allow or reject.
  if (event.type === 'm.room.power_levels') return checkPowerLevels(version, event, state, create, numbers.powerLevels)

  // Rule 11 in versions 1 and 2.
  if (v <= 2 && event.type === 'm.room.redaction') {
    if (level >= roomLevel(version, state, 'redact')) return allow
    const target = event.redacts === undefined ? undefined : domainOf(event.redacts)
    if (target !== undefined && target === domainOf(event.eventId)) return allow
    return deny(`${numbers.redaction}.3`, `${event.sender} may not redact ${event.redacts}`)
  }

  return allow
}

/** Rule 1: if type is m.room.create. */
function checkCreate(version: string, event: PlainEvent): PlainVerdict {
  const v = versionNumber(version)
  // 1.1: any prev events.
  if (event.prevEvents.length > 0) return deny('1.1', 'the create event has prev events')
  // 1.2: versions 1 to 11: the room ID's domain is the sender's. Version 12: no room ID at all.
  if (v <= 11) {
    const domain = domainOf(event.roomId)
    if (domain === undefined || domain !== domainOf(event.sender))
      return deny('1.2', `the room ID ${event.roomId} is not of the domain of ${event.sender}`)
  } else if (has(event.pdu, 'room_id')) return deny('1.2', 'the create event has a room ID')
  // 1.3: a room version that is none.
  const { content } = event
  if (has(content, 'room_version') && !isRecognisedVersion(content['room_version']))
    return deny('1.3', 'the room version is not known')
  // 1.4, versions 1 to 10: `creator` has to be there.
  if (v <= 10 && !has(content, 'creator')) return deny('1.4', 'the create event names no creator')
  // 1.4, version 12: `additional_creators` is an array of user IDs.
  if (v >= 12 && has(content, 'additional_creators')) {
    const more = content['additional_creators']
    if (!Array.isArray(more)) return deny('1.4', 'additional_creators is not an array')
    if (!more.every(id => isUserId(id))) return deny('1.4', 'additional_creators holds what is no user ID')
  }
  return allow
}

/** Rule 4, versions 1 to 5: if type is m.room.aliases. */
function checkAliases(event: PlainEvent): PlainVerdict {
  if (event.stateKey === undefined) return deny('4.1', 'aliases without a state key')
  if (domainOf(event.sender) !== event.stateKey) return deny('4.2', `aliases of ${event.stateKey} by ${event.sender}`)
  return allow
}
