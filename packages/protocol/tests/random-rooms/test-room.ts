/**
 * A room of numbered events for tests: unsigned, with IDs that are made up, judged by the fast rules as they come in.
 */
import {
  authorizeByAuthEvents,
  authorizeByState,
  type Crypto,
  createEventIdOf,
  type EventId,
  type JsonObject,
  nodeCrypto,
  RoomEvent,
  type RoomId,
  type RoomVersionRules,
  resolveStates,
  type StateLookup,
  type StateMap,
  type UserId,
} from '@neurite/protocol'
import type { NumberedEvents } from '../plain-view.ts'
import { bareObject } from './bare-json.ts'

/** What an event is made of here. */
export interface EventParts {
  readonly eventId: string
  readonly roomId: string
  readonly type: string
  readonly sender: string
  readonly stateKey?: string | undefined
  readonly content?: JsonObject
  readonly redacts?: string | undefined
  readonly timestamp?: number | bigint
  readonly depth?: number | bigint
  readonly prevEvents?: readonly number[]
  readonly authEvents?: readonly number[]
  /** Of a create event whose hash names the room: whether it has a room ID of its own all the same. */
  readonly writesRoomId?: boolean
}

const verified = new Map<string, boolean>()

/** Node's cryptography; each signature is checked once, since random rooms repeat a few of them. */
export const rememberingCrypto: Crypto = {
  ...nodeCrypto,
  verify(publicKey, message, signature) {
    const name = `${Buffer.from(publicKey).toString('base64')} ${Buffer.from(signature).toString('base64')} ${message}`
    let valid = verified.get(name)
    if (valid === undefined) {
      valid = nodeCrypto.verify(publicKey, message, signature)
      verified.set(name, valid)
    }
    return valid
  },
}

export class TestRoom implements NumberedEvents {
  readonly rules: RoomVersionRules
  /** The room's ID, which the first event that is added brings along. */
  roomId = ''
  readonly #events: RoomEvent[] = []
  readonly #authEvents: (readonly number[])[] = []
  readonly #prevEvents: (readonly number[])[] = []
  readonly #keys: number[] = []
  readonly #numbers = new Map<string, number>()
  readonly #keyNumbers = new Map<string, number>()
  readonly #rejectedByAuthEvents = new Set<number>()
  readonly #rejectedByState = new Set<number>()
  readonly #statesBefore: StateMap[] = []
  readonly #statesAfter: StateMap[] = []

  constructor(rules: RoomVersionRules) {
    this.rules = rules
  }

  get size(): number {
    return this.#events.length
  }

  get impliedCreate(): number | undefined {
    if (!this.rules.auth.createImpliedByRoomId) return undefined
    return this.#numbers.get(createEventIdOf(this.roomId as RoomId))
  }

  event(number: number): RoomEvent {
    return this.#events[number] as RoomEvent
  }

  authEvents(number: number): readonly number[] {
    return this.#authEvents[number] as readonly number[]
  }

  prevEvents(number: number): readonly number[] {
    return this.#prevEvents[number] as readonly number[]
  }

  keyOf(number: number): number {
    return this.#keys[number] as number
  }

  keyNumber(type: string, stateKey: string): number | undefined {
    return this.#keyNumbers.get(`${type}\t${stateKey}`)
  }

  numberOf(eventId: string): number | undefined {
    return this.#numbers.get(eventId)
  }

  isRejected(number: number): boolean {
    return this.#rejectedByAuthEvents.has(number) || this.#rejectedByState.has(number)
  }

  /** Whether check 4 refused the event: then it never gets into any state. */
  isRejectedByAuthEvents(number: number): boolean {
    return this.#rejectedByAuthEvents.has(number)
  }

  stateBefore(number: number): StateMap {
    return this.#statesBefore[number] as StateMap
  }

  stateAfter(number: number): StateMap {
    return this.#statesAfter[number] as StateMap
  }

  /** Looks up events of a state, as the rules do. */
  lookup(state: StateMap): StateLookup {
    return (type, stateKey) => {
      const key = this.keyNumber(type, stateKey)
      const number = key === undefined ? undefined : state.get(key)
      return number === undefined ? undefined : this.event(number)
    }
  }

  /** The state before an event with these prev events. */
  resolveAfter(prevEvents: readonly number[]): StateMap {
    const states = prevEvents.map(number => this.stateAfter(number))
    return resolveStates(states, { graph: this, rules: this.rules, crypto: rememberingCrypto })
  }

  /** The event, not yet part of the room. */
  build(parts: EventParts): RoomEvent {
    const { eventId, roomId, type, sender, stateKey, redacts, timestamp = 0, depth = 1 } = parts
    const content = bareObject(parts.content ?? {})
    const ids = (numbers: readonly number[] = []) => numbers.map(number => this.event(number).eventId)
    const namesTheRoom = type === 'm.room.create' && this.rules.auth.createImpliedByRoomId
    const writesRoomId = !namesTheRoom || parts.writesRoomId === true
    const json = bareObject({
      ...{ type, sender, content, depth, redacts, state_key: stateKey, origin_server_ts: timestamp },
      room_id: writesRoomId ? roomId : undefined,
    })
    return new RoomEvent({
      ...{ type, stateKey, content, depth, json, redacts, rules: this.rules, originServerTs: timestamp },
      eventId: eventId as EventId,
      roomId: roomId as RoomId,
      sender: sender as UserId,
      prevEvents: ids(parts.prevEvents),
      authEvents: ids(parts.authEvents),
    })
  }

  /** Adds an event unjudged: as accepted, with no state before or after it. @returns its number */
  add(parts: EventParts): number {
    const event = this.build(parts)
    if (this.#events.length === 0) this.roomId = event.roomId
    const number = this.#events.push(event) - 1
    this.#authEvents.push(parts.authEvents ?? [])
    this.#prevEvents.push(parts.prevEvents ?? [])
    this.#keys.push(event.stateKey === undefined ? -1 : this.#keyed(`${event.type}\t${event.stateKey}`))
    this.#numbers.set(event.eventId, number)
    return number
  }

  /** Has an event that was added unjudged count as rejected by the state before it. */
  reject(number: number): void {
    this.#rejectedByState.add(number)
  }

  /** Adds an event and judges it: checks 4 and 5. */
  receive(parts: EventParts): number {
    const before = this.resolveAfter(parts.prevEvents ?? [])
    const number = this.add(parts)
    const event = this.event(number)
    const judged = (at: number) => ({ event: this.event(at), rejected: this.isRejected(at) })
    const named = this.#numbers.get(createEventIdOf(event.roomId))
    const create = named === undefined || named === number ? undefined : judged(named)
    const authEvents = this.authEvents(number).map(judged)
    if (!authorizeByAuthEvents(event, authEvents, create, rememberingCrypto).allowed)
      this.#rejectedByAuthEvents.add(number)
    else if (!authorizeByState(event, this.lookup(before), rememberingCrypto).allowed) this.#rejectedByState.add(number)
    this.#statesBefore[number] = before
    const changes = event.stateKey !== undefined && !this.isRejected(number)
    this.#statesAfter[number] = changes ? new Map(before).set(this.keyOf(number), number) : before
    return number
  }

  #keyed(name: string): number {
    let number = this.#keyNumbers.get(name)
    if (number === undefined) {
      number = this.#keyNumbers.size
      this.#keyNumbers.set(name, number)
    }
    return number
  }
}
