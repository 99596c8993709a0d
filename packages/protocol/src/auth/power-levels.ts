/**
 * Reading `m.room.power_levels`. Room version 1, "m.room.power_levels events accept values as strings / floats";
 * version 10: integers only. Whether a malformed event is refused is a rule's affair (power-levels-change.ts); here a
 * value that cannot be read counts as absent.
 */
import { isJsonObject, type JsonObject, type JsonValue, RawNumber } from '../canonical-json/index.ts'
import type { RoomEvent } from '../event/index.ts'
import type { AuthRules } from '../room-version/index.ts'

/** A power level: an integer, a bigint beyond 2^53, or `Infinity` for privileged creators. Comparisons mix freely. */
export type Level = number | bigint

/** The levels that stand by name at the top of the content, in the specification's order. */
export const namedLevels = [
  'users_default',
  'events_default',
  'state_default',
  'ban',
  'redact',
  'kick',
  'invite',
] as const
export type NamedLevel = (typeof namedLevels)[number]

/** The levels of an event as far as they can be read. */
export interface PowerLevels {
  readonly named: ReadonlyMap<NamedLevel, Level>
  readonly users: ReadonlyMap<string, Level>
  readonly events: ReadonlyMap<string, Level>
  readonly notifications: ReadonlyMap<string, Level>
}

const parsed = new WeakMap<RoomEvent, PowerLevels>()

/** The levels of a power levels event. Read once an event. */
export function parsePowerLevels(event: RoomEvent): PowerLevels {
  let levels = parsed.get(event)
  if (levels === undefined) {
    const { content, rules } = event
    const named = new Map<NamedLevel, Level>()
    for (const name of namedLevels) {
      const level = parseLevel(content[name], rules.auth)
      if (level !== undefined) named.set(name, level)
    }
    levels = {
      named,
      users: parseLevels(content['users'], rules.auth),
      events: parseLevels(content['events'], rules.auth),
      notifications: parseLevels(content['notifications'], rules.auth),
    }
    parsed.set(event, levels)
  }
  return levels
}

function parseLevels(value: JsonValue | undefined, rules: AuthRules): ReadonlyMap<string, Level> {
  const levels = new Map<string, Level>()
  if (!isJsonObject(value)) return levels
  for (const key in value) {
    const level = parseLevel(value[key], rules)
    if (level !== undefined) levels.set(key, level)
  }
  return levels
}

/** Whether all values of an object are levels that this room version can read. */
export function areLevels(object: JsonObject, rules: AuthRules): boolean {
  for (const key in object) if (parseLevel(object[key], rules) === undefined) return false
  return true
}

/**
 * One level: an integer; a string that is one (until version 9); a floating-point number, cut off at the point (until
 * 5). Undefined where it is none of these.
 */
export function parseLevel(value: JsonValue | undefined, rules: AuthRules): Level | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'string' && !rules.integerPowerLevels) return levelOfString(value)
  if (value instanceof RawNumber && rules.floatPowerLevels) return levelOfFloat(value)
  return undefined
}

/** Whether a value is a number that no double can hold, as `1e400` or an integer of 400 digits. */
export function isBeyondDouble(value: JsonValue | undefined): boolean {
  if (value instanceof RawNumber) return !Number.isFinite(Number(value.source))
  return typeof value === 'bigint' && !Number.isFinite(Number(value))
}

/**
 * White space, a sign, leading zeros and digits; nothing else (`"5x"`, `""` and `"5.0"` are no levels). White space is
 * Unicode's: `\s` would take in U+FEFF and leave out U+0085.
 */
const integerString = /^\p{White_Space}*([+-]?)(\d+)\p{White_Space}*$/u

function levelOfString(text: string): Level | undefined {
  const match = integerString.exec(text)
  if (match === null) return undefined
  return compact(BigInt(`${match[2]}`) * (match[1] === '-' ? -1n : 1n))
}

/** Beyond the range of a double there is no level; within it the exponent is applied, then the fraction cut off. */
function levelOfFloat({ source }: RawNumber): Level | undefined {
  const value = Number(source)
  return Number.isFinite(value) ? compact(BigInt(Math.trunc(value))) : undefined
}

function compact(value: bigint): Level {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}
