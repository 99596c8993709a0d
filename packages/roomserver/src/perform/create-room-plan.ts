/**
 * The first events of a new room, in the order that the specification fixes. Client-server API, "POST /createRoom".
 */
import type { JsonObject, RoomAlias, RoomVersionRules, UserId } from '@neurite/protocol'
import { type RequestTo, RoomServerError } from '../api/index.ts'
import { createContent } from './create-content.ts'
import { initialPowerLevels, withTombstoneLevel } from './initial-power-levels.ts'
import { memberContent } from './member-content.ts'
import type { PlannedEvent } from './planned-event.ts'
import { type Preset, presetOf } from './presets.ts'

/** A request whose names were checked. */
export interface CreateRoomWish {
  readonly request: RequestTo<'performCreateRoom'>
  readonly creator: UserId
  /** Each once. */
  readonly invitees: readonly UserId[]
  readonly alias: RoomAlias | undefined
  readonly rules: RoomVersionRules
}

/** All but the invites. What a later part of the request sets is left out of the earlier ones: no entry is set twice. */
export function roomEvents(wish: CreateRoomWish): PlannedEvent[] {
  const { request, creator, alias } = wish
  const preset = presetOf(request)
  const trusted = preset.trustsInvitees ? wish.invitees : []
  const named = nameAndTopic(request)
  const initial = without(named, initialState(request, creator))
  const profile = { membership: 'join', ...memberContent(request.creatorProfile) }
  return [
    // 1 and 2
    state('m.room.create', createContent(json(request.creationContent), creator, trusted, wish.rules)),
    state('m.room.member', profile, creator),
    // 3
    state('m.room.power_levels', powerLevels(wish, preset, trusted)),
    // 4
    ...(alias === undefined ? [] : [state('m.room.canonical_alias', { alias })]),
    // 5
    ...without(initial, presetState(preset)),
    // 6 and 7
    ...initial,
    ...named,
  ]
}

/** 8. The invites, of users here and elsewhere. */
export function invitesOf({ request, invitees }: CreateRoomWish): PlannedEvent[] {
  return invitees.map(invitee => ({
    type: 'm.room.member',
    stateKey: invitee,
    content: {
      membership: 'invite',
      ...memberContent(request.inviteProfiles?.[invitee]),
      ...(request.isDirect === true ? { is_direct: true } : {}),
    },
    ifRefused: 'M_FORBIDDEN',
  }))
}

function powerLevels(
  { request, creator, rules }: CreateRoomWish,
  { invite }: Preset,
  trusted: readonly UserId[],
): JsonObject {
  const override = json(request.powerLevelContentOverride)
  return withTombstoneLevel({ ...initialPowerLevels({ creator, trusted, invite, rules }), ...override }, rules)
}

function presetState({ joinRule, historyVisibility, guestAccess }: Preset): PlannedEvent[] {
  return [
    state('m.room.join_rules', { join_rule: joinRule }),
    state('m.room.history_visibility', { history_visibility: historyVisibility }),
    // Without the event guests are kept out: it would say nothing new.
    ...(guestAccess === 'forbidden' ? [] : [state('m.room.guest_access', { guest_access: guestAccess })]),
  ]
}

function initialState({ initialState = [] }: CreateRoomWish['request'], creator: UserId): PlannedEvent[] {
  return initialState.map(({ type, stateKey = '', content }) => {
    const wanted = state(type, json(content), stateKey)
    checkMember(wanted, creator)
    return wanted
  })
}

/** Who is to be in the room is invited: others’ servers must hear of it. Bans, and what the creator is called, are state like any other. */
function checkMember({ type, stateKey, content }: PlannedEvent, creator: UserId): void {
  const { membership } = content
  if (type !== 'm.room.member' || membership === 'ban' || (stateKey === creator && membership === 'join')) return
  throw new RoomServerError(
    'M_INVALID_PARAM',
    `the initial state of a room of ${creator} cannot make ${stateKey} ${JSON.stringify(membership)}: use invite`,
  )
}

function nameAndTopic({ name, topic }: CreateRoomWish['request']): PlannedEvent[] {
  return [
    ...(name === undefined ? [] : [state('m.room.name', { name })]),
    ...(topic === undefined ? [] : [state('m.room.topic', { topic, 'm.topic': { 'm.text': [{ body: topic }] } })]),
  ]
}

function state(type: string, content: JsonObject, stateKey = ''): PlannedEvent {
  return { type, stateKey, content, ifRefused: 'M_INVALID_ROOM_STATE' }
}

function without(later: readonly PlannedEvent[], events: readonly PlannedEvent[]): PlannedEvent[] {
  return events.filter(event => !later.some(({ type, stateKey }) => type === event.type && stateKey === event.stateKey))
}

/** What is no JSON is found when the event is written. */
function json(content: Readonly<Record<string, unknown>> = {}): JsonObject {
  return content as JsonObject
}
