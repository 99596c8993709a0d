/**
 * Rooms told as stories, for tests: who does what, in symbolic names. Event IDs are made up but of the right form for the
 * room version, nothing is hashed or signed, auth events are selected from the state so far unless a story names them.
 *
 * @example
 * const room = story('11').create('@ann:a').joins('@ann:a').powerLevels('PL1', { '@ann:a': 100 }).topic('T1')
 * room.namesIn(room.stateAfter('PL1')) // ['CREATE', 'PL1', 'ann-join']
 */
import {
  authEventKeys,
  codePointCompare,
  type EventId,
  type EventNumber,
  type JsonObject,
  type JsonValue,
  type KeyNumber,
  localpartOf,
  RoomEvent,
  type RoomGraph,
  type RoomId,
  type RoomVersionRules,
  rulesOf,
  type SelectingEvent,
  type StateLookup,
  type StateMap,
  serverNameOf,
  type UserId,
} from '@neurite/protocol'
import { bareObject } from '../random-rooms/bare-json.ts'
import { madeUpEventId, referenceTo } from './made-up-ids.ts'

/** How an event is told beyond what the method says. Other events are given by their names. */
export interface Telling {
  readonly name?: string
  /** Default: whoever opened the room. */
  readonly sender?: string
  readonly content?: JsonObject
  /** Default: what auth event selection finds in the state so far. */
  readonly authEvents?: readonly string[]
  /** Default: the event before. */
  readonly prevEvents?: readonly string[]
  /** `origin_server_ts`. Default: counts up from 1000. */
  readonly ts?: number | bigint
  /** Default: one more than that of the event before. */
  readonly depth?: number | bigint
  readonly eventId?: string
  /** Another room's, or one that does not belong there. */
  readonly roomId?: string
  /** The event ID that a redaction names. */
  readonly redacts?: string
  /** Rejected when it was received: never part of the state. */
  readonly rejected?: boolean
}

/** An event of any kind. */
export interface Draft extends Telling {
  readonly type: string
  /** State events only. */
  readonly stateKey?: string | undefined
}

/** Begins the story of a room of a version. */
export function story(version: string): Story {
  return new Story(rulesOf(version))
}

export class Story {
  readonly rules: RoomVersionRules
  readonly #events: RoomEvent[] = []
  readonly #names: string[] = []
  readonly #numbers = new Map<string, EventNumber>()
  readonly #numbersById = new Map<string, EventNumber>()
  readonly #authEvents: (readonly EventNumber[])[] = []
  readonly #statesAfter: StateMap[] = []
  readonly #rejected = new Set<EventNumber>()
  readonly #keys = new Map<string, KeyNumber>()
  /** The event that the story goes on after. */
  #last: EventNumber | undefined
  #creator = '@nobody:nowhere'
  #roomId = '!none' as RoomId

  constructor(rules: RoomVersionRules) {
    this.rules = rules
  }

  // Telling.

  /** Opens the room. The content gets what the version asks for; `undefined` takes a key away. */
  create(sender: string, content: JsonObject = {}, how: Telling = {}): this {
    this.#creator = sender
    const { auth, version } = this.rules
    const creator = auth.creatorInContent ? sender : undefined
    const whole = { creator, room_version: version, ...content }
    return this.event(how.name ?? 'CREATE', { type: 'm.room.create', stateKey: '', sender, content: whole, ...how })
  }

  joins(user: string, how: Telling = {}): this {
    return this.#member(user, 'join', user, 'join', how)
  }

  leaves(user: string, how: Telling = {}): this {
    return this.#member(user, 'leave', user, 'leave', how)
  }

  knocks(user: string, how: Telling = {}): this {
    return this.#member(user, 'knock', user, 'knock', how)
  }

  invites(sender: string, target: string, how: Telling = {}): this {
    return this.#member(sender, 'invite', target, 'invite', how)
  }

  kicks(sender: string, target: string, how: Telling = {}): this {
    return this.#member(sender, 'leave', target, 'kick', how)
  }

  bans(sender: string, target: string, how: Telling = {}): this {
    return this.#member(sender, 'ban', target, 'ban', how)
  }

  /** @param more content besides `users`: named levels, `events` */
  powerLevels(name: string, users: JsonObject | undefined, more: JsonObject = {}, how: Telling = {}): this {
    return this.event(name, { type: 'm.room.power_levels', stateKey: '', content: { users, ...more }, ...how })
  }

  joinRule(name: string, rule: JsonValue | undefined, how: Telling = {}): this {
    return this.event(name, { type: 'm.room.join_rules', stateKey: '', content: { join_rule: rule }, ...how })
  }

  topic(name: string, how: Telling = {}): this {
    return this.event(name, { type: 'm.room.topic', stateKey: '', content: { topic: name }, ...how })
  }

  /** Any event. It is believed: nothing is authorised. */
  event(name: string, draft: Draft): this {
    if (this.#numbers.has(name)) throw new Error(`two events of the story are called ${name}`)
    const before = this.#last === undefined ? new Map<KeyNumber, EventNumber>() : this.#statesAfter[this.#last]
    const event = this.build(draft, name)
    const number = this.#events.push(event) - 1
    this.#names.push(name)
    this.#numbers.set(name, number)
    this.#authEvents.push(event.authEvents.map(id => this.numberOfId(id)))
    this.#numbersById.set(event.eventId, number)
    const after = new Map(before)
    if (draft.rejected === true) this.#rejected.add(number)
    else if (event.stateKey !== undefined) after.set(this.#keyNumber(event.type, event.stateKey), number)
    this.#statesAfter.push(after)
    this.#last = number
    return this
  }

  /** Goes back: the next event follows this one, in a branch of its own. */
  after(name: string): this {
    this.#last = this.number(name)
    return this
  }

  /** An event as the story would go on with it, which does not become part of it. */
  build(draft: Draft, name = 'NEW'): RoomEvent {
    const { rules } = this
    const { type, stateKey, ts = 1000 + this.#events.length } = draft
    const sender = (draft.sender ?? this.#creator) as UserId
    const eventId = (draft.eventId ?? madeUpEventId(name, serverNameOf(sender), rules)) as EventId
    const opens = type === 'm.room.create'
    if (opens && this.#events.length === 0)
      this.#roomId = (
        rules.auth.createImpliedByRoomId ? `!${eventId.slice(1)}` : (draft.roomId ?? `!room:${serverNameOf(sender)}`)
      ) as RoomId
    const roomId = (opens && rules.auth.createImpliedByRoomId ? this.#roomId : draft.roomId) ?? this.#roomId
    const redactsInContent = rules.format.redacts === 'content' && draft.redacts !== undefined
    const content = bareObject({ ...(redactsInContent ? { redacts: draft.redacts } : {}), ...draft.content })

    const before = this.#last === undefined ? undefined : this.#events[this.#last]
    const prevEvents = draft.prevEvents?.map(prev => this.get(prev).eventId) ?? (before ? [before.eventId] : [])
    const authEvents =
      draft.authEvents?.map(named => this.get(named).eventId) ??
      this.#selected({ type, stateKey, sender, content, rules })
    const depth = draft.depth ?? Number(before?.depth ?? 0) + 1

    const json = bareObject({
      ...{ type, state_key: stateKey, sender, content, depth, origin_server_ts: ts },
      redacts: redactsInContent ? undefined : draft.redacts,
      room_id: opens && rules.auth.createImpliedByRoomId ? draft.roomId : roomId,
      prev_events: prevEvents.map(id => referenceTo(id, rules)),
      auth_events: authEvents.map(id => referenceTo(id, rules)),
    })
    return new RoomEvent({
      ...{ eventId, roomId: roomId as RoomId, type, stateKey, sender, content, depth, originServerTs: ts },
      ...{ prevEvents, authEvents, redacts: draft.redacts, json, rules },
    })
  }

  // Asking by names.

  /** The event of a name. */
  get(name: string): RoomEvent {
    return this.#events[this.number(name)] as RoomEvent
  }

  number(name: string): EventNumber {
    const number = this.#numbers.get(name)
    if (number === undefined) throw new Error(`the story has no event ${name}`)
    return number
  }

  numberOfId(id: EventId): EventNumber {
    const number = this.#numbersById.get(id)
    if (number === undefined) throw new Error(`the story has no event with the ID ${id}`)
    return number
  }

  numbers(...names: readonly string[]): Set<EventNumber> {
    return new Set(names.map(name => this.number(name)))
  }

  /** Names in the order of the numbers. */
  names(numbers: Iterable<EventNumber>): string[] {
    return Array.from(numbers, number => this.#names[number] as string)
  }

  /** The state so far. */
  state(): StateMap {
    return this.#last === undefined ? new Map() : (this.#statesAfter[this.#last] as StateMap)
  }

  /** The state after an event, in its own branch. */
  stateAfter(name: string): StateMap {
    return this.#statesAfter[this.number(name)] as StateMap
  }

  /** A state of just these events. */
  stateOf(...names: readonly string[]): StateMap {
    return new Map(names.map(name => [this.#keyOf(this.number(name)), this.number(name)]))
  }

  /** The names of a state's events, sorted. */
  namesIn(state: StateMap): string[] {
    return this.names(state.values()).sort(codePointCompare)
  }

  /** Looks up a state as the rules do; by default the state so far. */
  lookup(state: StateMap = this.state()): StateLookup {
    return (type, stateKey) => {
      const key = this.#keys.get(keyName(type, stateKey))
      const number = key === undefined ? undefined : state.get(key)
      return number === undefined ? undefined : this.#events[number]
    }
  }

  /** The room as state resolution asks for it: by numbers. */
  get graph(): RoomGraph {
    return {
      size: this.#events.length,
      impliedCreate: this.rules.auth.createImpliedByRoomId ? 0 : undefined,
      event: number => this.#events[number] as RoomEvent,
      authEvents: number => this.#authEvents[number] as readonly EventNumber[],
      keyOf: number => this.#keyOf(number),
      keyNumber: (type, stateKey) => this.#keys.get(keyName(type, stateKey)),
      isRejected: number => this.#rejected.has(number),
    }
  }

  #member(sender: string, membership: string, target: string, act: string, how: Telling): this {
    const name = how.name ?? `${localpartOf(target as UserId)}-${act}`
    const content = { membership, ...how.content }
    return this.event(name, { type: 'm.room.member', stateKey: target, sender, ...how, content })
  }

  /** The auth events that selection finds in the state so far. */
  #selected(event: SelectingEvent): EventId[] {
    const lookup = this.lookup()
    return authEventKeys(event).flatMap(([type, stateKey]) => lookup(type, stateKey)?.eventId ?? [])
  }

  #keyOf(number: EventNumber): KeyNumber {
    const { type, stateKey } = this.#events[number] as RoomEvent
    return stateKey === undefined ? -1 : this.#keyNumber(type, stateKey)
  }

  #keyNumber(type: string, stateKey: string): KeyNumber {
    const name = keyName(type, stateKey)
    const number = this.#keys.get(name) ?? this.#keys.size
    this.#keys.set(name, number)
    return number
  }
}

function keyName(type: string, stateKey: string): string {
  return `${type}\t${stateKey}`
}
