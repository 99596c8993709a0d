/**
 * What of a room's state goes along into the room that replaces it. Client-server API, "Room Upgrades", "Server behaviour".
 */
import type { JsonObject, RoomEvent, RoomVersionRules, UserId } from '@neurite/protocol'
import type { EventNid } from '../types/index.ts'
import type { PerformContext } from './context.ts'
import { createContent } from './create-content.ts'
import { memberContent, type Profile } from './member-content.ts'
import type { PlannedEvent } from './planned-event.ts'
import { type FoundRoom, members, stateEntries, type Tuple } from './room-state.ts'
import { upgradedJoinRule } from './upgraded-join-rule.ts'
import { upgradedLevels } from './upgraded-power-levels.ts'

/** Those the specification names, with what a space is made of. */
const carriedTypes = [
  'm.room.server_acl',
  'm.room.encryption',
  'm.room.name',
  'm.room.avatar',
  'm.room.topic',
  'm.room.guest_access',
  'm.room.history_visibility',
  'm.room.join_rules',
  'm.room.canonical_alias',
] as const

export interface Upgrade {
  readonly old: FoundRoom
  readonly sender: UserId
  /** Of the new room. */
  readonly rules: RoomVersionRules
  readonly additionalCreators: readonly UserId[]
  readonly profile: Profile | undefined
  readonly predecessor: JsonObject
}

/** The first events of the new room, the create event first. The power levels come last: until then its creator may do everything. */
export async function carriedState(upgrade: Upgrade, context: PerformContext): Promise<PlannedEvent[]> {
  const { old, sender, profile, rules } = upgrade
  const tuples = ['m.room.create', 'm.room.power_levels', ...carriedTypes].map((type): Tuple => [type, ''])
  const [create, levels, ...carried] = await stateEntries(tuples, old, context)
  return [
    state('m.room.create', newCreate(create, upgrade)),
    state('m.room.member', { membership: 'join', ...memberContent(profile) }, sender),
    ...carried.filter(event => event !== undefined).map(event => carriedOver(event, rules)),
    ...(create?.content['type'] === 'm.space' ? await children(old, context) : []),
    ...(await bans(upgrade, context)),
    state(
      'm.room.power_levels',
      upgradedLevels({
        ...{ levels, create, oldRules: old.rules, rules },
        creators: [sender, ...upgrade.additionalCreators],
      }),
    ),
  ]
}

function carriedOver({ type, content }: RoomEvent, rules: RoomVersionRules): PlannedEvent {
  return state(type, type === 'm.room.join_rules' ? upgradedJoinRule(content, rules) : content)
}

function newCreate(
  create: RoomEvent | undefined,
  { sender, rules, additionalCreators: additional, predecessor }: Upgrade,
) {
  const { room_version: _, creator: __, additional_creators: ___, predecessor: ____, ...kept } = create?.content ?? {}
  return createContent({ ...kept, predecessor }, sender, additional, rules)
}

async function children({ view }: FoundRoom, { storage, events }: PerformContext): Promise<PlannedEvent[]> {
  const type = (await storage.reader.eventTypeNids(['m.space.child'])).get('m.space.child')
  const nids = type === undefined ? [] : [...view.entriesOfType(type)].map(({ event }) => event)
  const loaded = [...(await events.load(nids)).values()]
  return loaded
    .filter(({ content }) => Object.keys(content).length > 0)
    .map(({ stateKey = '', content }) => state('m.space.child', content, stateKey))
}

async function bans({ old }: Upgrade, context: PerformContext): Promise<PlannedEvent[]> {
  const banned: [userId: string, event: EventNid][] = []
  for await (const page of members('ban', old, context))
    for (const { userId, event } of page) banned.push([userId, event])
  const loaded = await context.events.load(banned.map(([, event]) => event))
  return banned.map(([userId, event]) => ({
    ...{ type: 'm.room.member', stateKey: userId, ifRefused: 'left-out' },
    content: { membership: 'ban', ...reasonOf(loaded.get(event)) },
  }))
}

function reasonOf(event: RoomEvent | undefined): JsonObject {
  const reason = event?.content['reason']
  return typeof reason === 'string' ? { reason } : {}
}

function state(type: string, content: JsonObject, stateKey = ''): PlannedEvent {
  return { type, stateKey, content, ifRefused: 'M_INVALID_ROOM_STATE' }
}
