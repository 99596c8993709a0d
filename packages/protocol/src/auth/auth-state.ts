/**
 * The state that an event is judged against, and what the rules ask of it. Room version pages, "Authorisation rules":
 * the types of state events that affect authorisation.
 */
import type { RoomEvent } from '../event/index.ts'
import type { AuthRules } from '../room-version/index.ts'
import { isCreator } from './creators.ts'
import { type Level, type PowerLevels, parsePowerLevels } from './power-levels.ts'

/** Looks up the state event of a type and state key. */
export type StateLookup = (type: string, stateKey: string) => RoomEvent | undefined

/** A value of the state with the event that it comes from; no event: the default. */
export interface Found<T> {
  readonly value: T
  readonly event: RoomEvent | undefined
}

/** Levels of named actions when the power levels say nothing, or there are none (m.room.power_levels). */
const defaultLevel = { ban: 50, kick: 50, redact: 50, invite: 0, state_default: 50, events_default: 0 } as const

/** The power of a room's creator while it has no power levels (room versions 1 to 11). */
const creatorLevelWithoutPowerLevels = 100

/** The part of a room's state that decides what is allowed. */
export class AuthState {
  readonly #lookup: StateLookup
  readonly #rules: AuthRules

  constructor(lookup: StateLookup, rules: AuthRules) {
    this.#lookup = lookup
    this.#rules = rules
  }

  create(): RoomEvent | undefined {
    return this.#lookup('m.room.create', '')
  }

  powerLevelsEvent(): RoomEvent | undefined {
    return this.#lookup('m.room.power_levels', '')
  }

  thirdPartyInvite(token: string): RoomEvent | undefined {
    return this.#lookup('m.room.third_party_invite', token)
  }

  /**
   * The join rule. A room without an `m.room.join_rules` event is invite-only; an event without a readable rule lets
   * nobody in (value undefined).
   */
  joinRule(): Found<string | undefined> {
    const event = this.#lookup('m.room.join_rules', '')
    if (event === undefined) return { value: 'invite', event }
    const rule = event.content['join_rule']
    return { value: typeof rule === 'string' ? rule : undefined, event }
  }

  /** A user's membership; `leave` where the user has none. */
  membership(userId: string): Found<string> {
    const event = this.#lookup('m.room.member', userId)
    const membership = event?.content['membership']
    return { value: typeof membership === 'string' ? membership : 'leave', event }
  }

  /** The power levels of the room; undefined where it has none yet. */
  powerLevels(): PowerLevels | undefined {
    const event = this.powerLevelsEvent()
    return event === undefined ? undefined : parsePowerLevels(event)
  }

  /** A user's power level: `Infinity` for a privileged creator (room version 12). */
  powerLevelOf(userId: string): Level {
    const create = this.create()
    const creator = create !== undefined && isCreator(userId, create)
    if (creator && this.#rules.privilegedCreators) return Number.POSITIVE_INFINITY
    const levels = this.powerLevels()
    if (levels === undefined) return creator ? creatorLevelWithoutPowerLevels : 0
    return levels.users.get(userId) ?? levels.named.get('users_default') ?? 0
  }

  /** The level that an action needs. */
  levelFor(action: 'ban' | 'kick' | 'redact' | 'invite'): Level {
    return this.powerLevels()?.named.get(action) ?? defaultLevel[action]
  }

  /** The level that sending an event of this type needs ("Required Power Level"). */
  requiredLevel(type: string, isState: boolean): Level {
    const levels = this.powerLevels()
    const byDefault = isState ? 'state_default' : 'events_default'
    return levels?.events.get(type) ?? levels?.named.get(byDefault) ?? defaultLevel[byDefault]
  }
}
