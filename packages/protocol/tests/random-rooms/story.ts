/**
 * A room told event by event, each under a name: for scenarios in which every auth event matters.
 */
import { type JsonObject, type RoomVersionRules, roomIdOfCreate, rulesOf, type StateMap } from '@neurite/protocol'
import { TestRoom } from './test-room.ts'

export const alice = '@alice:one.example'
export const bob = '@bob:two.example'

export interface Told {
  readonly type: string
  readonly sender?: string
  readonly stateKey?: string
  readonly content?: JsonObject
  /** Names of the auth events; the create event is added where it belongs. */
  readonly auth?: readonly string[]
  readonly prev?: readonly string[]
  readonly at?: number
  readonly eventId?: string
}

export class Story {
  readonly rules: RoomVersionRules
  readonly room: TestRoom
  readonly #numbers = new Map<string, number>()
  readonly #roomId: string

  /** Alice opens a room and joins: the events "create" and "alice". */
  constructor(version: string, create: JsonObject = {}) {
    this.rules = rulesOf(version)
    this.room = new TestRoom(this.rules)
    const implied = this.rules.auth.createImpliedByRoomId
    this.#roomId = implied ? roomIdOfCreate('$create' as never) : '!room:one.example'
    this.tell('create', { type: 'm.room.create', content: { creator: alice, ...create } })
    this.tell('alice', { type: 'm.room.member', stateKey: alice, content: { membership: 'join' }, prev: ['create'] })
  }

  /** Adds an event, by Alice and with the empty state key unless told otherwise. Nothing judges it. */
  tell(name: string, told: Told): this {
    const { type, sender = alice, stateKey = '', content = {}, auth = [], prev = [], at = 0 } = told
    const citesCreate = type !== 'm.room.create' && !this.rules.auth.createImpliedByRoomId
    const number = this.room.add({
      ...{ type, sender, stateKey, content, timestamp: at, roomId: this.#roomId },
      eventId: told.eventId ?? `$${name}`,
      depth: this.room.size,
      prevEvents: prev.map(other => this.number(other)),
      authEvents: [...(citesCreate ? ['create'] : []), ...auth].map(other => this.number(other)),
    })
    this.#numbers.set(name, number)
    return this
  }

  /** Power levels by Alice. She is listed where creators may be. */
  powerLevels(name: string, auth: readonly string[], at: number, users: JsonObject = {}, more: JsonObject = {}): this {
    const own = this.rules.auth.privilegedCreators ? {} : { [alice]: 100 }
    return this.tell(name, { type: 'm.room.power_levels', content: { users: { ...own, ...users }, ...more }, auth, at })
  }

  topic(name: string, sender: string, auth: readonly string[], at: number): this {
    return this.tell(name, { type: 'm.room.topic', sender, auth, at })
  }

  number(name: string): number {
    const number = this.#numbers.get(name)
    if (number === undefined) throw new RangeError(`nothing is called ${name}`)
    return number
  }

  state(...names: readonly string[]): StateMap {
    return new Map(names.map(name => [this.room.keyOf(this.number(name)), this.number(name)]))
  }

  /** The names of a state's events, sorted. */
  namesOf(state: StateMap): string[] {
    const numbers = new Set(state.values())
    return [...this.#numbers].flatMap(([name, number]) => (numbers.has(number) ? [name] : [])).sort()
  }
}
