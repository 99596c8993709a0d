/**
 * What the rules say about a room, worked out from its events alone, in memory and in one piece: servers that all make the
 * same mistake agree with each other, but not with this. Server-server API, "Checks performed on receipt of a PDU", 4 and 5.
 */
import {
  authorizeByAuthEvents,
  authorizeByState,
  createEventIdOf,
  type EventId,
  nodeCrypto,
  type RoomEvent,
  type RoomGraph,
  type RoomVersionRules,
  resolveStates,
  type ServerName,
  type StateMap,
} from '@neurite/protocol'
import type { Account } from './agreement.ts'
import type { EventView } from './server-under-test.ts'

const nobody: StateMap = new Map()

export class Referee implements RoomGraph {
  readonly #rules: RoomVersionRules
  readonly #events: RoomEvent[] = []
  readonly #numbers = new Map<string, number>()
  readonly #authEvents: (readonly number[])[] = []
  readonly #keys: number[] = []
  readonly #keyNumbers = new Map<string, number>()
  readonly #rejected = new Map<number, string>()
  readonly #statesBefore: StateMap[] = []
  readonly #statesAfter: StateMap[] = []

  /** @param events all that anybody has, in any order; every event that one of them refers to must be among them */
  constructor(rules: RoomVersionRules, events: readonly RoomEvent[]) {
    this.#rules = rules
    for (const event of referredToFirst(events)) this.#judge(event)
  }

  get size(): number {
    return this.#events.length
  }

  get impliedCreate(): number | undefined {
    const [first] = this.#events
    const implied = this.#rules.auth.createImpliedByRoomId && first !== undefined
    return implied ? this.#numbers.get(createEventIdOf(first.roomId)) : undefined
  }

  authEvents(number: number): readonly number[] {
    return this.#authEvents[number] ?? []
  }

  keyOf(number: number): number {
    return this.#keys[number] as number
  }

  keyNumber(type: string, stateKey: string): number | undefined {
    return this.#keyNumbers.get(`${type}\t${stateKey}`)
  }

  isRejected(number: number): boolean {
    return this.#rejected.has(number)
  }

  event(number: number): RoomEvent {
    return this.#events[number] as RoomEvent
  }

  /**
   * What a server must say.
   * @param lastEvent the only forward extremity that must be left
   */
  account(lastEvent: EventId): Account {
    const last = this.#numbers.get(lastEvent)
    const ids = (state: StateMap) => Array.from(state.values(), number => this.event(number).eventId).sort()
    const views = this.#events.map(({ eventId }, number): [string, EventView] => {
      const reason = this.#rejected.get(number)
      const status = reason === undefined ? 'accepted' : 'rejected'
      const stateBefore = ids(this.#statesBefore[number] ?? nobody)
      return [eventId, { eventId, status, outlier: false, provisional: false, reason, stateBefore }]
    })
    return {
      server: 'the rules' as ServerName,
      events: new Map(views),
      extremities: [lastEvent],
      state: ids((last !== undefined && this.#statesAfter[last]) || nobody),
      faults: [],
    }
  }

  #judge(event: RoomEvent): void {
    const number = this.#events.push(event) - 1
    this.#numbers.set(event.eventId, number)
    this.#authEvents.push(event.authEvents.map(id => this.#numbers.get(id) as number))
    this.#keys.push(event.stateKey === undefined ? -1 : this.#keyed(`${event.type}\t${event.stateKey}`))
    const before = this.#resolveAfter(event)
    const reason = this.#whyRejected(event, before)
    if (reason !== undefined) this.#rejected.set(number, reason)
    const changes = event.stateKey !== undefined && reason === undefined
    this.#statesBefore.push(before)
    this.#statesAfter.push(changes ? new Map(before).set(this.keyOf(number), number) : before)
  }

  #resolveAfter({ prevEvents }: RoomEvent): StateMap {
    const states = prevEvents.map(id => this.#statesAfter[this.#numbers.get(id) as number] as StateMap)
    const [only] = states
    if (states.length <= 1) return only ?? nobody
    return resolveStates(states, { graph: this, rules: this.#rules, crypto: nodeCrypto })
  }

  #whyRejected(event: RoomEvent, before: StateMap): string | undefined {
    const judged = (number: number) => ({ event: this.event(number), rejected: this.isRejected(number) })
    const implied = this.impliedCreate
    const create = implied === undefined || event.type === 'm.room.create' ? undefined : judged(implied)
    const authEvents = event.authEvents.map(id => judged(this.#numbers.get(id) as number))
    const byAuthEvents = authorizeByAuthEvents(event, authEvents, create, nodeCrypto)
    if (!byAuthEvents.allowed) return byAuthEvents.reason
    const lookup = (type: string, stateKey: string) => {
      const number = before.get(this.keyNumber(type, stateKey) ?? -1)
      return number === undefined ? undefined : this.event(number)
    }
    const byState = authorizeByState(event, lookup, nodeCrypto)
    return byState.allowed ? undefined : byState.reason
  }

  #keyed(name: string): number {
    const number = this.#keyNumbers.get(name) ?? this.#keyNumbers.size
    this.#keyNumbers.set(name, number)
    return number
  }
}

/** The events with all that they refer to before them. @throws where one refers to an event that nobody has */
function referredToFirst(events: readonly RoomEvent[]): RoomEvent[] {
  const byId = new Map(events.map(event => [event.eventId, event]))
  const ordered = new Set<RoomEvent>()
  for (const start of events) {
    const open = [start]
    for (let event = open.at(-1); event !== undefined; event = open.at(-1)) {
      const before = [...event.prevEvents, ...event.authEvents].map(id => byId.get(id))
      const ahead = before.filter(each => each === undefined || !ordered.has(each))
      if (ahead.includes(undefined)) throw new Error(`${event.eventId} refers to an event that nobody has`)
      if (ahead.length > 0) open.push(...(ahead as RoomEvent[]))
      else {
        ordered.add(event)
        open.pop()
      }
    }
  }
  return [...ordered]
}
