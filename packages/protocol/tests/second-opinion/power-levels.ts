// How power levels are read, and who has which.
// Follows: rooms/fragments/v1-stringy-power-levels and v1-floaty-power-levels, the defaults in
// m.room.power_levels.yaml, "Required Power Level" of the server-server API, the creators of version 12.

import type { Json, JsonObject, PlainEvent, StateMap } from './types.ts'
import { CREATE, get, isObject, isRawNumber, POWER_LEVELS, versionNumber } from './types.ts'

/** An integer, or Infinity for the creators of a room of version 12. JavaScript compares the two kinds rightly. */
export type Level = bigint | number

/**
 * The integer that a value stands for in this room version, or undefined where it stands for none.
 * Numbers in all versions, strings in versions 1 to 9, fractions and exponents in versions 1 to 5.
 */
export function readLevel(version: string, value: Json | undefined): bigint | undefined {
  const v = versionNumber(version)
  if (typeof value === 'bigint') return v <= 5 && isBeyondDouble(version, value) ? undefined : value
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return BigInt(value)
    return v <= 5 && Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined
  }
  if (typeof value === 'string') return v <= 9 ? readString(value) : undefined
  if (isRawNumber(value)) return v <= 5 ? readSource(value.source) : undefined
  return undefined
}

/** "A single base 10 integer", leading zeroes, one sign, whitespace around it. */
function readString(text: string): bigint | undefined {
  const parts = /^\p{White_Space}*([+-]?)([0-9]+)\p{White_Space}*$/u.exec(text)
  if (parts === null) return undefined
  const size = BigInt(parts[2] ?? '')
  return parts[1] === '-' ? -size : size
}

/** "First, exponential notation is applied; second, the value is truncated at the decimal point." */
function readSource(source: string): bigint | undefined {
  const parts = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(source)
  if (parts === null || !Number.isFinite(Number(source))) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return 0n
  // How many of the digits stand before the decimal point once the exponent has moved it.
  const leadingZeroes = whole.length + fraction.length - digits.length
  const before = whole.length - leadingZeroes + Number(exponent)
  if (before <= 0) return 0n
  const size = BigInt(digits.slice(0, before).padEnd(before, '0'))
  return sign === '-' ? -size : size
}

/** "Values outside the range of a double cause the power level event to be rejected": versions 1 to 5. */
export function isBeyondDouble(version: string, value: Json | undefined): boolean {
  if (versionNumber(version) > 5) return false
  if (typeof value === 'bigint' || typeof value === 'number') return !Number.isFinite(Number(value))
  return isRawNumber(value) && !Number.isFinite(Number(value.source))
}

/** What an absent level means, with and without a power levels event. */
const DEFAULTS = {
  users_default: 0n,
  events_default: 0n,
  state_default: 50n,
  ban: 50n,
  redact: 50n,
  kick: 50n,
  invite: 0n,
} as const

export type LevelName = keyof typeof DEFAULTS
export const LEVEL_NAMES = Object.keys(DEFAULTS) as LevelName[]

/** The content of the room's power levels event; undefined where there is none. */
function contentOf(state: StateMap): JsonObject | undefined {
  return state.get(POWER_LEVELS)?.content
}

/** The ban, kick, redact, invite, users_default, events_default or state_default level of the room. */
export function roomLevel(version: string, state: StateMap, name: LevelName): bigint {
  const content = contentOf(state)
  return (content && readLevel(version, get(content, name))) ?? DEFAULTS[name]
}

/** One entry of `events`, `users` or `notifications`, if it is there and can be read. */
export function entryLevel(version: string, content: JsonObject, property: string, key: string): bigint | undefined {
  const entries = get(content, property)
  return isObject(entries) ? readLevel(version, get(entries, key)) : undefined
}

/** Versions 1 to 10: `content.creator`. Since version 11: the sender of the create event. */
export function creatorOf(version: string, create: PlainEvent): Json | undefined {
  return versionNumber(version) <= 10 ? get(create.content, 'creator') : create.sender
}

/** Version 12: the sender of the create event and its `additional_creators`. Before it: nobody has such power. */
export function infinitelyPowerful(version: string, create: PlainEvent): ReadonlySet<Json> {
  if (versionNumber(version) < 12) return new Set()
  const more = get(create.content, 'additional_creators')
  return new Set<Json>([create.sender, ...(Array.isArray(more) ? more : [])])
}

/** The power level of a user in a state. */
export function userLevel(version: string, state: StateMap, userId: string): Level {
  const create = state.get(CREATE)
  if (create && infinitelyPowerful(version, create).has(userId)) return Number.POSITIVE_INFINITY
  const content = contentOf(state)
  if (content) return entryLevel(version, content, 'users', userId) ?? roomLevel(version, state, 'users_default')
  if (create && versionNumber(version) <= 11 && creatorOf(version, create) === userId) return 100n
  return 0n
}

/** "Required power level": listed in `events`, else the default for state events or for messages. */
export function requiredLevel(version: string, state: StateMap, event: PlainEvent): bigint {
  const content = contentOf(state)
  const listed = content && entryLevel(version, content, 'events', event.type)
  return listed ?? roomLevel(version, state, event.stateKey === undefined ? 'events_default' : 'state_default')
}
