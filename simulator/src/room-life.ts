/**
 * What the users of a room do: joins and leaves, messages, kicks and bans, changes of power, of join rules and of names,
 * redactions; now and then something they must not do. Each act is a real event, built on what its server knows.
 */
import {
  authEventKeys,
  type JsonObject,
  type RoomEvent,
  type RoomVersionRules,
  type ServerName,
  serverNameOf,
  type UserId,
} from '@neurite/protocol'
import type { EventMaker, EventParts, MadeEvent } from '@neurite/roomserver/input/testing'
import type { SeededRandomness } from '@neurite/roomserver/runtime'

/** What an act builds on: the room as its server sees it. */
export interface Scene {
  readonly server: ServerName
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number
  readonly extremities: readonly RoomEvent[]
  readonly state: readonly RoomEvent[]
  /** Events that the server has seen of late, oldest first. */
  readonly recent: readonly RoomEvent[]
}

interface Act {
  readonly type: string
  readonly sender: string
  readonly stateKey?: string
  readonly content?: JsonObject
  readonly redacts?: string
}

/** Ordinary users of each server. */
const usersPerServer = 4
/** Prev events that an event of ours names at most. */
const maxPrevEvents = 10

const adminOf = (server: string) => `@admin:${server}`

export class RoomLife {
  readonly rules: RoomVersionRules
  readonly #servers: readonly ServerName[]
  readonly #maker: EventMaker
  readonly #random: SeededRandomness

  constructor(maker: EventMaker, servers: readonly ServerName[], random: SeededRandomness) {
    this.rules = maker.rules
    this.#servers = servers
    this.#maker = maker
    this.#random = random
  }

  /** The room's first events: created by the first server, open to all; the admin of each server has joined. */
  beginning(now: number): MadeEvent[] {
    const [first] = this.#servers
    if (first === undefined) throw new RangeError('a room needs a server')
    const made: MadeEvent[] = []
    const creator = adminOf(first)
    const add = (act: Act) => {
      const state = made.map(({ event }) => event).filter(({ stateKey }) => stateKey !== undefined)
      const scene = { server: first, now: now + made.length, extremities: state.slice(-1), state, recent: [] }
      made.push(this.#build(act, scene, scene.extremities))
    }
    const content = { room_version: this.rules.version, creator }
    add({ type: 'm.room.create', sender: creator, stateKey: '', content })
    add(membership(creator, creator, 'join'))
    add({ type: 'm.room.power_levels', sender: creator, stateKey: '', content: this.#firstPowerLevels() })
    add({ type: 'm.room.join_rules', sender: creator, stateKey: '', content: { join_rule: 'public' } })
    for (const server of this.#servers.slice(1)) add(membership(adminOf(server), adminOf(server), 'join'))
    return made
  }

  /** Something that a user of the server does. */
  act(scene: Scene): MadeEvent {
    return this.#build(this.#chooseAct(scene), scene, this.#choosePrevEvents(scene))
  }

  /** Something that a user has no right to: not the server's to send, so it goes to the others past it. */
  mischief(scene: Scene): MadeEvent {
    const sender = this.#user(scene.server)
    const act = this.#random.pick<Act>([
      { type: 'm.room.power_levels', sender, stateKey: '', content: { users: { [sender]: 100 } } },
      membership(sender, adminOf(this.#random.pick(this.#servers)), 'ban'),
      { type: 'm.room.topic', sender, stateKey: '', content: { topic: 'mine' } },
      { type: 'm.room.join_rules', sender, stateKey: '', content: { join_rule: 'invite' } },
    ])
    return this.#build(act, scene, this.#choosePrevEvents(scene))
  }

  /** A word of the server's admin, which all servers accept, on top of all that the server has. */
  lastWord(scene: Scene): MadeEvent {
    const act = { type: 'm.room.message', sender: adminOf(scene.server), content: { body: 'that is all' } }
    return this.#build(act, scene, scene.extremities)
  }

  /** Ordinary users have no power and admins have all, always: so no admin can be put out. In version 12 the creator has it anyway. */
  #firstPowerLevels(): JsonObject {
    const admins = this.#servers.slice(this.rules.auth.privilegedCreators ? 1 : 0).map(adminOf)
    return { users: Object.fromEntries(admins.map(admin => [admin, 100])), events: { 'm.room.topic': 50 } }
  }

  #build(act: Act, scene: Scene, prevEvents: readonly RoomEvent[]): MadeEvent {
    const { rules } = this
    const roomId = scene.state[0]?.roomId ?? `!simulated:${scene.server}`
    const selecting = {
      ...act,
      sender: act.sender as UserId,
      stateKey: act.stateKey,
      content: act.content ?? {},
      rules,
    }
    const keys = authEventKeys(selecting)
    const authEvents = keys.flatMap(([type, stateKey]) => find(scene.state, type, stateKey) ?? [])
    const parts: EventParts = { ...act, roomId, prevEvents, authEvents, timestamp: scene.now }
    return this.#maker.make(parts)
  }

  /** Mostly the forward extremities; now and then an older event, as if the server were behind: a fork. */
  #choosePrevEvents({ extremities, recent }: Scene): readonly RoomEvent[] {
    if (recent.length > 0 && this.#random.chance(0.15)) return [this.#random.pick(recent)]
    return this.#random.shuffled(extremities).slice(0, maxPrevEvents)
  }

  #chooseAct(scene: Scene): Act {
    const admin = adminOf(scene.server)
    const user = this.#user(scene.server)
    const anyUser = this.#user(this.#random.pick(this.#servers))
    const joined = membershipOf(scene.state, user) === 'join'
    const speaker = joined && this.#random.chance(0.7) ? user : admin
    return this.#random.weighted<Act>([
      [40, { type: 'm.room.message', sender: speaker, content: { body: `word ${this.#random.word()}` } }],
      [20, membership(user, user, joined ? 'leave' : 'join')],
      [8, membership(admin, anyUser, this.#random.pick(['ban', 'leave', 'leave']))],
      [6, membership(admin, anyUser, 'invite')],
      [6, { type: 'm.room.topic', sender: speaker, stateKey: '', content: { topic: `${this.#random.word()}` } }],
      [6, this.#powerChange(scene, admin, anyUser)],
      [5, this.#joinRulesChange(admin)],
      [4, { type: 'example.setting', sender: admin, stateKey: `${this.#random.nextInt(5)}` }],
      [5, this.#redaction(scene, speaker)],
    ])
  }

  #powerChange({ state }: Scene, admin: string, user: string): Act {
    const current = find(state, 'm.room.power_levels', '')?.content ?? {}
    const users = { ...(current['users'] as JsonObject), [user]: this.#random.pick([0, 50, 99]) }
    return { type: 'm.room.power_levels', sender: admin, stateKey: '', content: { ...current, users } }
  }

  #joinRulesChange(sender: string): Act {
    const joinRule = this.#random.pick(['public', 'public', 'invite'])
    return { type: 'm.room.join_rules', sender, stateKey: '', content: { join_rule: joinRule } }
  }

  #redaction({ recent }: Scene, sender: string): Act {
    if (recent.length === 0) return { type: 'm.room.message', sender, content: { body: 'nothing to redact' } }
    return { type: 'm.room.redaction', sender, redacts: this.#random.pick(recent).eventId }
  }

  #user(server: string): string {
    return `@user${this.#random.nextInt(usersPerServer)}:${server}`
  }
}

function membership(sender: string, user: string, to: string): Act {
  return { type: 'm.room.member', sender, stateKey: user, content: { membership: to } }
}

function find(state: readonly RoomEvent[], type: string, stateKey: string): RoomEvent | undefined {
  return state.findLast(event => event.type === type && event.stateKey === stateKey)
}

function membershipOf(state: readonly RoomEvent[], user: string): unknown {
  return find(state, 'm.room.member', user)?.content['membership']
}

/** The server of an event's sender. */
export function serverOf(event: RoomEvent): ServerName {
  return serverNameOf(event.sender)
}
