/**
 * The authorisation rules, in the specification's order. Numbers are those of room version 12; `ruleNumber` gives those of
 * the others. Server-server API, "Checks performed on receipt of a PDU", 4 to 6.
 */
import type { Crypto } from '../crypto/index.ts'
import type { RoomEvent } from '../event/index.ts'
import { serverNameOf } from '../identifiers/index.ts'
import { authorizeAuthEvents, type JudgedEvent } from './auth-events.ts'
import { AuthState, type StateLookup } from './auth-state.ts'
import { authorizeCreate } from './create.ts'
import { authorizeMember } from './member/index.ts'
import { authorizePowerLevels } from './power-levels-change.ts'
import { authorizeRedaction } from './redaction.ts'
import { allow, type Denied, deny, type Verdict } from './verdict.ts'

/**
 * Check 4: is the event allowed by its own auth events?
 * @param authEvents the events that `event.authEvents` names, in that order; all of them must be at hand
 * @param create the event that the room ID names (room version 12; others ignore it)
 */
export function authorizeByAuthEvents(
  event: RoomEvent,
  authEvents: readonly JudgedEvent[],
  create: JudgedEvent | undefined,
  crypto: Crypto,
): Verdict {
  if (event.type === 'm.room.create') return authorizeCreate(event) // 1
  const wellChosen = authorizeAuthEvents(event, authEvents, create) // 2, 3
  if (!wellChosen.allowed) return wellChosen
  return authorizeByState(event, stateOf(event, authEvents, create), crypto)
}

/**
 * Checks 5 and 6, and each step of state resolution: is the event allowed by a state? Asks all rules but those about the
 * event's `auth_events`.
 * @param lookup the state; only keys that auth event selection names are asked for, and the create event
 */
export function authorizeByState(event: RoomEvent, lookup: StateLookup, crypto: Crypto): Verdict {
  if (event.type === 'm.room.create') return authorizeCreate(event) // 1
  const { rules, type } = event
  const state = new AuthState(lookup, rules.auth)
  if (state.create() === undefined) return denyWithoutCreate(event)

  const unfederated = checkFederate(event, state) // 4
  if (unfederated !== undefined) return unfederated

  if (rules.auth.aliasesRule && type === 'm.room.aliases') return authorizeAliases(event) // 4 [1-5]
  if (type === 'm.room.member') return authorizeMember(event, state, crypto) // 5

  const outsider = checkSenderJoined(event, state) // 6
  if (outsider !== undefined) return outsider

  if (type === 'm.room.third_party_invite') return authorizeThirdPartyInvite(event, state) // 7

  const denied = checkRequiredPower(event, state) ?? checkStateKey(event) // 8, 9
  if (denied !== undefined) return denied

  if (type === 'm.room.power_levels') return authorizePowerLevels(event, state) // 10
  if (rules.auth.redactionRule && type === 'm.room.redaction') return authorizeRedaction(event, state) // 11 [1-2]
  return allow('allow') // 11
}

/** The state that an event's auth events amount to; in room version 12 with the create event that the room ID implies. */
function stateOf(event: RoomEvent, authEvents: readonly JudgedEvent[], create: JudgedEvent | undefined): StateLookup {
  const implied = event.rules.auth.createImpliedByRoomId ? create?.event : undefined
  return (type, stateKey) => {
    for (const { event: authEvent } of authEvents)
      if (authEvent.type === type && authEvent.stateKey === stateKey) return authEvent
    return type === 'm.room.create' && stateKey === '' ? implied : undefined
  }
}

/** A state without a create event is no room's: nothing is allowed in it. Rule 2.4 [1-11], rule 2 [12]. */
function denyWithoutCreate(event: RoomEvent): Denied {
  const rule = event.rules.auth.createImpliedByRoomId ? 'room-id' : 'auth-events/no-create'
  return deny(rule, 'there is no create event in the state')
}

/** Rule 4: with `m.federate` false, only users of the creator's server may take part. The sender of the create event counts. */
function checkFederate(event: RoomEvent, state: AuthState): Denied | undefined {
  const create = state.create()
  if (create?.content['m.federate'] !== false) return undefined
  if (serverNameOf(event.sender) === serverNameOf(create.sender)) return undefined
  return deny('federate', `the room does not federate and ${event.sender} is of another server`, create)
}

/** Rule 4 of versions 1 to 5: a server's aliases are set by its users. Nothing else is asked, not even membership. */
function authorizeAliases(event: RoomEvent): Verdict {
  // 4.1
  if (event.stateKey === undefined) return deny('aliases/state-key', 'an m.room.aliases event needs a state_key')
  // 4.2
  if (serverNameOf(event.sender) !== event.stateKey)
    return deny('aliases/sender', `${event.sender} cannot set the aliases of ${event.stateKey}`)
  // 4.3
  return allow('aliases/allow')
}

/** Rule 6: whoever sends anything but member events is joined. */
function checkSenderJoined(event: RoomEvent, state: AuthState): Denied | undefined {
  const { value, event: decidedBy } = state.membership(event.sender)
  if (value === 'join') return undefined
  return deny('sender', `${event.sender} is not joined: the membership is ${value}`, decidedBy)
}

/** Rule 7: inviting a third-party ID needs the invite level, and nothing more. */
function authorizeThirdPartyInvite(event: RoomEvent, state: AuthState): Verdict {
  if (state.powerLevelOf(event.sender) >= state.levelFor('invite')) return allow('third-party-invite/power')
  return deny('third-party-invite/power', `${event.sender} lacks the invite level`, state.powerLevelsEvent())
}

/** Rule 8: the level that the event's type needs. */
function checkRequiredPower(event: RoomEvent, state: AuthState): Denied | undefined {
  const required = state.requiredLevel(event.type, event.stateKey !== undefined)
  const power = state.powerLevelOf(event.sender)
  if (required <= power) return undefined
  return deny(
    'required-power',
    `${event.type} needs power level ${required} and ${event.sender} has ${power}`,
    state.powerLevelsEvent(),
  )
}

/** Rule 9: state keyed by a user is that user's own, whatever the power of others. */
function checkStateKey(event: RoomEvent): Denied | undefined {
  const { stateKey, sender } = event
  if (stateKey === undefined || !stateKey.startsWith('@') || stateKey === sender) return undefined
  return deny('state-key', `${sender} cannot set state of ${stateKey}`)
}
