/**
 * Conflicts to resolve: a room with a long history of power levels, and two states of it that differ in ten keys.
 */
import type { EventNumber, JsonObject, RoomVersionRules, StateMap } from '@neurite/protocol'
import { MadeGraph } from './made-graph.ts'

/** Two states of one room. */
export interface MadeConflict {
  readonly graph: MadeGraph
  readonly states: readonly [StateMap, StateMap]
}

/** How the history of power levels lies to the fork. */
export type HistoryShape =
  /** All but the last few changes lie before the fork: both states agree on them. */
  | 'shared'
  /** The history forks at its beginning: each branch has a whole chain of its own. Both chains are replayed. */
  | 'forked'
  /**
   * As `shared`, but the states differ in an eleventh key, the membership that the first change rests on. From state resolution 2.1 on all
   * changes lie between conflicted events and are replayed; before, nothing more than with `shared` is.
   */
  | 'over-old-member'

const creator = '@ann:example.org'
const moderators = ['@bob:example.org', '@eve:example.org'] as const
const memberCount = 100

/**
 * @param chainLength power levels events one above the other, from the first to the newest of each state
 * @param label tells rooms apart
 */
export function makeConflict(
  rules: RoomVersionRules,
  shape: HistoryShape,
  chainLength: number,
  label: string,
): MadeConflict {
  const room = new Room(rules, label)
  room.powerLevels(creator, 0)
  const common = shape === 'forked' ? 1 : chainLength - branchChanges
  for (let change = 1; change < common; change++) room.powerLevels(creator, change)
  const fork = room.save()
  const state = (branch: 0 | 1) => {
    room.restore(fork)
    for (let change = common; change < chainLength; change++) room.powerLevels(moderators[branch], change)
    room.branch(branch)
    if (shape === 'over-old-member' && branch === 1) room.profile(creator, 'Ann')
    return room.state()
  }
  return { graph: room.graph, states: [state(0), state(1)] }
}

/** Changes of the power levels on each branch where most of the history is shared. */
const branchChanges = 5

class Room {
  readonly graph: MadeGraph
  #current = new Map<string, EventNumber>()
  /** Power levels events in order, for events that rest on old ones. */
  #history: EventNumber[] = []

  constructor(rules: RoomVersionRules, label: string) {
    this.graph = new MadeGraph(rules, label)
    const content = { room_version: rules.version, ...(rules.auth.creatorInContent && { creator }) }
    this.#set('m.room.create', '', creator, content)
    this.#set('m.room.member', creator, creator, { membership: 'join' })
    this.#set('m.room.join_rules', '', creator, { join_rule: 'public' })
    for (const moderator of moderators) this.#set('m.room.member', moderator, moderator, { membership: 'join' })
    for (let index = 0; index < memberCount; index++)
      this.#set('m.room.member', member(index), member(index), { membership: 'join' })
  }

  powerLevels(sender: string, change: number): void {
    const users: Record<string, number> = {}
    if (!this.graph.rules.auth.privilegedCreators) users[creator] = 100
    for (const moderator of moderators) users[moderator] = 90
    for (let index = 0; index < 15; index++) users[member(index)] = 10 + ((change + index) % 40)
    const events = { 'm.room.name': 10, 'm.room.topic': 0, 'm.room.power_levels': 90 }
    this.#set('m.room.power_levels', '', sender, { ...named, events, users })
    this.#history.push(this.#number('m.room.power_levels', ''))
  }

  profile(user: string, displayname: string): void {
    this.#set('m.room.member', user, user, { membership: 'join', displayname })
  }

  /** Nine keys on which the branches differ; the power levels are the tenth. */
  branch(branch: 0 | 1): void {
    const by = moderators[branch]
    this.#set('m.room.join_rules', '', by, { join_rule: branch === 0 ? 'invite' : 'knock' })
    this.#set('m.room.member', member(90), by, { membership: branch === 0 ? 'ban' : 'leave' })
    this.#set('m.room.member', member(91), branch === 0 ? by : member(91), { membership: 'leave' })
    this.profile(member(92), `on branch ${branch}`)
    this.profile(member(93), `on branch ${branch}`)
    // These rest on power levels from long ago, so that their places on the mainline have to be looked for.
    const place = this.#history.length * (branch === 0 ? 0.25 : 0.75)
    this.#set('m.room.topic', '', member(1), { topic: `on branch ${branch}` }, this.#history[Math.floor(place)])
    this.#set('m.room.name', '', by, { name: `on branch ${branch}` }, this.#history[Math.floor(place / 2)])
    this.#set('m.room.avatar', '', by, { url: `mxc://example.org/${branch}` }, this.#history[Math.floor(place / 3)])
    this.#set('m.room.history_visibility', '', by, { history_visibility: branch === 0 ? 'shared' : 'joined' })
  }

  state(): StateMap {
    return this.graph.stateOf(this.#current.values())
  }

  save(): { readonly current: ReadonlyMap<string, EventNumber>; readonly history: readonly EventNumber[] } {
    return { current: new Map(this.#current), history: [...this.#history] }
  }

  restore({ current, history }: ReturnType<Room['save']>): void {
    this.#current = new Map(current)
    this.#history = [...history]
  }

  #set(type: string, stateKey: string, sender: string, content: JsonObject, powerLevels?: EventNumber): void {
    const power = powerLevels ?? this.#current.get('m.room.power_levels\t')
    const names = ['m.room.create\t', `m.room.member\t${sender}`]
    if (type === 'm.room.member') names.push(`m.room.member\t${stateKey}`, 'm.room.join_rules\t')
    const found = [power, ...new Set(names.map(name => this.#current.get(name)))]
    const authEvents = found.filter(event => event !== undefined)
    this.#current.set(`${type}\t${stateKey}`, this.graph.add({ type, stateKey, sender, content, authEvents }))
  }

  #number(type: string, stateKey: string): EventNumber {
    return this.#current.get(`${type}\t${stateKey}`) as EventNumber
  }
}

const named = { ban: 50, kick: 50, redact: 50, invite: 0, state_default: 50, events_default: 0, users_default: 0 }

function member(index: number): string {
  return `@member-${index}:example.org`
}
