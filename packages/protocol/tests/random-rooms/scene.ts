/**
 * What a draft is made from: the state before the event to come, the people, and chance.
 */
import { AuthState, type JsonObject, type RoomEvent, type RoomVersionRules, type StateLookup } from '@neurite/protocol'
import type { Random } from './random.ts'

/** An event without its place in the graph. */
export interface Draft {
  readonly type: string
  readonly sender: string
  readonly stateKey?: string | undefined
  readonly content: JsonObject
  readonly redacts?: string
}

export class Scene {
  readonly random: Random
  readonly rules: RoomVersionRules
  readonly people: readonly string[]
  /** The state before the event. */
  readonly lookup: StateLookup
  readonly state: AuthState
  /** IDs of events in the room, for redactions. */
  readonly eventIds: readonly string[]

  constructor(
    random: Random,
    rules: RoomVersionRules,
    people: readonly string[],
    lookup: StateLookup,
    eventIds: readonly string[],
  ) {
    this.random = random
    this.rules = rules
    this.people = people
    this.lookup = lookup
    this.state = new AuthState(lookup, rules.auth)
    this.eventIds = eventIds
  }

  anyone(): string {
    return this.random.pick(this.people)
  }

  membershipOf(userId: string): string {
    return this.state.membership(userId).value
  }

  /** Somebody with one of these memberships; anybody where there is none, and now and then all the same. */
  oneWho(...memberships: readonly string[]): string {
    if (this.random.percent(6)) return this.anyone()
    const fitting = this.people.filter(user => memberships.includes(this.membershipOf(user)))
    return fitting.length === 0 ? this.anyone() : this.random.pick(fitting)
  }

  /** Somebody who is joined, and mostly one of the more powerful. */
  someoneInPower(): string {
    const [one, other] = [this.oneWho('join'), this.oneWho('join')]
    return this.powerOf(one) >= this.powerOf(other) ? one : other
  }

  /** A user's level as a number, privileged creators at 200. */
  powerOf(userId: string): number {
    const level = Number(this.state.powerLevelOf(userId))
    return Number.isFinite(level) ? level : 200
  }

  current(type: string, stateKey = ''): RoomEvent | undefined {
    return this.lookup(type, stateKey)
  }
}

export function serverOf(userId: string): string {
  return userId.slice(userId.indexOf(':') + 1)
}
