/**
 * `m.room.power_levels`: nobody gives or takes more power than they have. Room version 12, rules 10.1 to 10.11; versions
 * 6 to 11, rule 9; versions 1 to 5, rule 10.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../canonical-json/index.ts'
import type { RoomEvent } from '../event/index.ts'
import { isUserId } from '../identifiers/index.ts'
import type { AuthRules } from '../room-version/index.ts'
import type { AuthState } from './auth-state.ts'
import { isCreator } from './creators.ts'
import {
  areLevels,
  isBeyondDouble,
  type Level,
  namedLevels,
  type PowerLevels,
  parseLevel,
  parsePowerLevels,
} from './power-levels.ts'
import { allow, type Denied, deny, type Verdict } from './verdict.ts'

export function authorizePowerLevels(event: RoomEvent, state: AuthState): Verdict {
  const { rules } = event
  const malformed = checkForm(event.content, rules.auth) ?? checkNoCreatorListed(event, state)
  if (malformed !== undefined) return malformed

  // 10.5 The first power levels of a room are free.
  const previous = state.powerLevelsEvent()
  if (previous === undefined) return allow('power-levels/first')

  const change: Change = {
    sender: event.sender,
    power: state.powerLevelOf(event.sender),
    before: parsePowerLevels(previous),
    after: parsePowerLevels(event),
    previous,
  }
  return (
    checkNamed(change) ??
    checkEntries(change, 'events') ??
    (rules.auth.notificationLevelsChecked ? checkEntries(change, 'notifications') : undefined) ??
    checkUsers(change) ??
    // 10.11 Otherwise, allow.
    allow('power-levels/allow')
  )
}

/** A change of power levels by someone with some power. */
interface Change {
  readonly sender: string
  readonly power: Level
  readonly before: PowerLevels
  readonly after: PowerLevels
  readonly previous: RoomEvent
}

function checkForm(content: JsonObject, rules: AuthRules): Denied | undefined {
  if (rules.integerPowerLevels) {
    // 10.1 [10] The named levels are integers.
    for (const name of namedLevels)
      if (content[name] !== undefined && parseLevel(content[name], rules) === undefined)
        return deny('power-levels/integers', `${name} is not an integer`)

    // 10.2 [10] Events and notifications are objects of integers.
    for (const name of ['events', 'notifications'])
      if (content[name] !== undefined && !isLevels(content[name], rules))
        return deny('power-levels/maps', `${name} is not an object of integers`)
  }

  // 10 [1-5] A number beyond the range of a double, anywhere among the levels, is refused ("values as floats").
  if (rules.floatPowerLevels && hasLevelBeyondDouble(content))
    return deny('power-levels', 'a level is beyond the range of a double')

  // 10.3 Users is an object of levels by user ID.
  const { users } = content
  if (users === undefined) return undefined
  if (!isLevels(users, rules)) return deny('power-levels/users', 'users is not an object of levels')
  for (const user in users)
    if (!isUserId(user))
      return deny('power-levels/users', `users has the key ${JSON.stringify(user)}, which is no user ID`)
  return undefined
}

function hasLevelBeyondDouble(content: JsonObject): boolean {
  const maps = [content['users'], content['events'], content['notifications']].filter(isJsonObject)
  const levels = [...namedLevels.map(name => content[name]), ...maps.flatMap(map => Object.values(map))]
  return levels.some(isBeyondDouble)
}

function isLevels(value: JsonValue | undefined, rules: AuthRules): value is JsonObject {
  return isJsonObject(value) && areLevels(value, rules)
}

/** 10.4 [12] Creators have all power already and cannot be given less. */
function checkNoCreatorListed(event: RoomEvent, state: AuthState): Denied | undefined {
  const create = state.create()
  const { users } = event.content
  if (!event.rules.auth.privilegedCreators || create === undefined || !isJsonObject(users)) return undefined
  for (const user in users)
    if (isCreator(user, create)) return deny('power-levels/creators', `users lists ${user}, who is a creator`, create)
  return undefined
}

/** 10.6 Named levels that were added, changed or removed. */
function checkNamed({ sender, power, before, after, previous }: Change): Denied | undefined {
  for (const name of namedLevels) {
    const current = before.named.get(name)
    const next = after.named.get(name)
    if (isSame(current, next)) continue
    if (current !== undefined && current > power)
      return deny('power-levels/named/current', `${sender} cannot change ${name}, which is ${current}`, previous)
    if (next !== undefined && next > power)
      return deny('power-levels/named/new', `${sender} cannot set ${name} to ${next}`, previous)
  }
  return undefined
}

/** 10.7 and 10.8 Entries of `events` and, since version 6, `notifications`. */
function checkEntries(
  { sender, power, before, after, previous }: Change,
  map: 'events' | 'notifications',
): Denied | undefined {
  for (const [key, current] of before[map])
    if (!isSame(current, after[map].get(key)) && current > power)
      return deny(
        'power-levels/entries-changed/current',
        `${sender} cannot change ${map} ${JSON.stringify(key)}, which is ${current}`,
        previous,
      )
  for (const [key, next] of after[map])
    if (!isSame(before[map].get(key), next) && next > power)
      return deny(
        'power-levels/entries-added/new',
        `${sender} cannot set ${map} ${JSON.stringify(key)} to ${next}`,
        previous,
      )
  return undefined
}

/** 10.9 and 10.10 Users: equals cannot be touched, but everyone may lower themselves. */
function checkUsers({ sender, power, before, after, previous }: Change): Denied | undefined {
  for (const [user, current] of before.users)
    if (user !== sender && !isSame(current, after.users.get(user)) && current >= power)
      return deny('power-levels/users-changed/current', `${sender} cannot change ${user}, who has ${current}`, previous)
  for (const [user, next] of after.users)
    if (!isSame(before.users.get(user), next) && next > power)
      return deny('power-levels/users-added/new', `${sender} cannot set ${user} to ${next}`, previous)
  return undefined
}

/** Whether a level stayed what it was. A number and a bigint are never the same level, since only large ones are bigints. */
function isSame(a: Level | undefined, b: Level | undefined): boolean {
  return a === b
}
