/**
 * Another server that is in a room and lets a user of ours in, with whatever of it wrong that a test wants: for tests of joins.
 */
import {
  authEventKeys,
  canonicalJson,
  type JsonObject,
  nodeCrypto,
  type RoomEvent,
  rulesOf,
  type ServerName,
} from '@neurite/protocol'
import type { RemoteServers } from '../src/index.ts'
import { type MadeEvent, type RoomTeller, RoomWorld, type Told } from '../src/input/testing/index.ts'
import type { JoinedRoom, PeerRequests, SignedEvent, Template } from '../src/perform/index.ts'

const version = '11'

/** What a test changes of the answers. */
export interface Twist {
  /** Of `send_join` with members omitted. */
  readonly joined?: (room: JoinedRoom) => JoinedRoom
  /** Which events are among the IDs of the state, and given with it. */
  readonly state?: (server: ServerName, state: readonly MadeEvent[]) => readonly MadeEvent[]
  /** Which of the events of `/state` come; all of them are among the IDs. */
  readonly comes?: (server: ServerName, made: MadeEvent) => boolean
  /** Waited for before the state is given. */
  readonly before?: () => Promise<void>
}

export class ScriptedResident implements RemoteServers {
  /** What was asked, as `state a.example`. */
  readonly asked: string[] = []
  readonly #world = new RoomWorld(rulesOf(version), nodeCrypto, () =>
    this.#stateBefore.map(({ event }) => event.eventId),
  )
  readonly #stateBefore: readonly MadeEvent[]
  readonly #teller: RoomTeller
  readonly #newest: Told
  readonly #servers: readonly ServerName[]
  readonly twist: Twist
  /** The join, once it was sent. */
  join: Told | undefined

  /** @param told the room in order, on the last of which the join builds */
  constructor(teller: RoomTeller, told: readonly Told[], servers: readonly string[], twist: Twist = {}) {
    this.#teller = teller
    this.#newest = told.at(-1) as Told
    this.#servers = servers as ServerName[]
    this.twist = twist
    for (const made of told) this.#world.addMade(made)
    this.#stateBefore = [...this.#newest.state.values()].map(({ eventId }) => this.#world.get(eventId) as MadeEvent)
  }

  /** The requests of a join; nothing else is answered. */
  get peers(): PeerRequests {
    const no = () => Promise.reject(new Error('not asked for in this test'))
    return {
      make: (_server, _membership, _roomId, userId) => this.#template(userId),
      sendJoin: (_server, event, omitMembers) => this.#joined(event, omitMembers),
      ...{ sendLeave: no, sendKnock: no, invite: no, resolveAlias: no, backfill: () => Promise.resolve([]) },
      complexity: () => Promise.resolve(undefined),
    }
  }

  async event(server: ServerName, eventId: string): Promise<string | undefined> {
    this.asked.push(`event ${server}`)
    const made = this.#world.get(eventId)
    return made !== undefined && this.#gives(server, made) ? made.pdu : undefined
  }
  async missingEvents(): Promise<readonly string[]> {
    return []
  }
  async eventAuth(_server: ServerName, _roomId: string, eventId: string): Promise<readonly string[]> {
    const event = this.told.get(eventId)
    return event === undefined
      ? []
      : this.#world
          .authChain([...event.authEvents])
          .map(({ pdu }) => pdu)
          .concat(event.authEvents.flatMap(id => this.#world.get(id)?.pdu ?? []))
  }
  async stateIds(server: ServerName) {
    this.asked.push(`state_ids ${server}`)
    await this.twist.before?.()
    const { state, authChain } = this.#stateOf(server)
    return {
      stateIds: state.map(({ event }) => event.eventId),
      authChainIds: authChain.map(({ event }) => event.eventId),
    }
  }
  async state(server: ServerName) {
    this.asked.push(`state ${server}`)
    const { state, authChain } = this.#stateOf(server)
    const given = (events: readonly MadeEvent[]) =>
      events.filter(made => this.#gives(server, made)).map(({ pdu }) => pdu)
    return { state: given(state), authChain: given(authChain) }
  }

  /** Events that came after the join, whose auth chains may be asked for. */
  readonly told = new Map<string, RoomEvent>()

  #gives(server: ServerName, made: MadeEvent): boolean {
    return this.twist.comes?.(server, made) ?? true
  }

  #stateOf(server: ServerName) {
    const state = this.twist.state?.(server, this.#stateBefore) ?? this.#stateBefore
    return { state, authChain: this.#chainOf(state) }
  }

  #chainOf(state: readonly MadeEvent[], ...more: readonly RoomEvent[]): MadeEvent[] {
    const named = more.flatMap(({ authEvents }) => authEvents.flatMap(id => this.#world.get(id) ?? []))
    const chain = this.#world.authChain([...state, ...named].map(({ event }) => event.eventId))
    return [...new Set([...named, ...chain])]
  }

  async #template(userId: string): Promise<Template> {
    const content = { membership: 'join' }
    const { state, event } = this.#newest
    const keys = authEventKeys({
      type: 'm.room.member',
      sender: userId,
      stateKey: userId,
      content,
      rules: rulesOf(version),
    } as never)
    const authEvents = keys.flatMap(([type, stateKey]) => state.get(`${type} ${stateKey}`)?.eventId ?? [])
    const place = { prev_events: [event.eventId], auth_events: authEvents, depth: Number(event.depth) + 1 }
    return { roomVersion: version, event: { type: 'm.room.member', content, ...place } as JsonObject }
  }

  async #joined({ event: json }: SignedEvent, omitMembers: boolean): Promise<JoinedRoom> {
    this.asked.push(omitMembers ? 'send_join without members' : 'send_join')
    const pdu = canonicalJson(json)
    const made = this.#world.add(pdu)
    const state = new Map(this.#newest.state)
    state.set(`m.room.member ${made.event.stateKey}`, made.event)
    this.join = { ...made, state }
    const given = this.#stateBefore.filter(({ event }) => !omitMembers || event.type !== 'm.room.member')
    const room: JoinedRoom = {
      state: given.map(({ pdu: text }) => text),
      authChain: this.#chainOf(given, made.event).map(({ pdu: text }) => text),
      event: undefined,
      membersOmitted: omitMembers,
      serversInRoom: omitMembers ? this.#servers : [],
    }
    return omitMembers ? (this.twist.joined?.(room) ?? room) : room
  }

  /** Tells an event after the join. */
  tell(draft: Parameters<RoomTeller['tell']>[0], ...prev: readonly Told[]): Told {
    const told = this.#teller.tell(draft, ...prev)
    this.told.set(told.event.eventId, told.event)
    this.#world.addMade(told)
    return told
  }
}
