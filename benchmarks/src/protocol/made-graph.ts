/**
 * Rooms as graphs of numbered events, for measurements of state resolution: unsigned, since resolution asks for no
 * signatures, and with auth chains as long as wanted.
 */
import {
  type EventId,
  type EventNumber,
  encodeBase64Url,
  type JsonObject,
  type KeyNumber,
  nodeCrypto,
  RoomEvent,
  type RoomGraph,
  type RoomId,
  type RoomVersionRules,
  roomIdOfCreate,
  type StateMap,
  type UserId,
} from '@neurite/protocol'

/** What an event is made of. Auth events are given by number; in order of `authEventKeys` they need not be. */
export interface EventParts {
  readonly type: string
  readonly stateKey?: string
  readonly sender: string
  readonly content: JsonObject
  readonly authEvents: readonly EventNumber[]
  readonly timestamp?: number
}

export class MadeGraph implements RoomGraph {
  readonly rules: RoomVersionRules
  readonly impliedCreate: EventNumber | undefined
  readonly #label: string
  #events: RoomEvent[] = []
  readonly #authEvents: (readonly EventNumber[])[] = []
  readonly #keys: KeyNumber[] = []
  readonly #keyNumbers = new Map<string, Map<string, KeyNumber>>()
  #keyCount = 0
  readonly #roomId: RoomId

  /** @param label makes the event IDs of one graph differ from those of another */
  constructor(rules: RoomVersionRules, label: string) {
    this.rules = rules
    this.#label = label
    this.impliedCreate = rules.auth.createImpliedByRoomId ? 0 : undefined
    this.#roomId = this.impliedCreate === 0 ? roomIdOfCreate(this.#idOf(0)) : ('!room:example.org' as RoomId)
  }

  get size(): number {
    return this.#events.length
  }

  event(event: EventNumber): RoomEvent {
    return this.#events[event] as RoomEvent
  }

  authEvents(event: EventNumber): readonly EventNumber[] {
    return this.#authEvents[event] as readonly EventNumber[]
  }

  keyOf(event: EventNumber): KeyNumber {
    return this.#keys[event] as KeyNumber
  }

  keyNumber(type: string, stateKey: string): KeyNumber | undefined {
    return this.#keyNumbers.get(type)?.get(stateKey)
  }

  isRejected(): boolean {
    return false
  }

  add({ type, stateKey, sender, content, authEvents, timestamp }: EventParts): EventNumber {
    const number = this.size
    const originServerTs = timestamp ?? number * 1000
    const json = { type, state_key: stateKey, sender, content, origin_server_ts: originServerTs }
    // The create event is no auth event where the room ID implies it.
    const named = authEvents.filter(authEvent => authEvent !== this.impliedCreate)
    this.#authEvents.push(named)
    this.#events.push(
      new RoomEvent({
        ...{ type, stateKey, content, originServerTs, json, rules: this.rules },
        eventId: this.#idOf(number),
        roomId: this.#roomId,
        sender: sender as UserId,
        depth: number + 1,
        prevEvents: number === 0 ? [] : [this.#idOf(number - 1)],
        authEvents: named.map(authEvent => this.#idOf(authEvent)),
        redacts: undefined,
      }),
    )
    this.#keys.push(stateKey === undefined ? -1 : this.#numberOfKey(type, stateKey))
    return number
  }

  /** A state of these events. */
  stateOf(events: Iterable<EventNumber>): StateMap {
    return new Map(Array.from(events, event => [this.keyOf(event), event]))
  }

  /** Makes the event objects anew, so that nothing is left of what was remembered with them. */
  forget(): void {
    this.#events = this.#events.map(event => new RoomEvent(event))
  }

  #idOf(number: EventNumber): EventId {
    return `$${encodeBase64Url(nodeCrypto.sha256(`${this.#label} ${number}`))}` as EventId
  }

  #numberOfKey(type: string, stateKey: string): KeyNumber {
    const ofType = this.#keyNumbers.get(type) ?? new Map<string, KeyNumber>()
    this.#keyNumbers.set(type, ofType)
    const number = ofType.get(stateKey) ?? this.#keyCount++
    ofType.set(stateKey, number)
    return number
  }
}
