// The rules for power levels events: their form, and what a sender may change.
// Follows: rooms/, "If type is m.room.power_levels" (rule 10 in versions 1 to 5 and 12, rule 9 in 6 to 11).

import type { Level } from './power-levels.ts'
import { entryLevel, infinitelyPowerful, isBeyondDouble, LEVEL_NAMES, readLevel, userLevel } from './power-levels.ts'
import type { Json, JsonObject, PlainEvent, PlainVerdict, StateMap } from './types.ts'
import { allow, deny, get, has, isObject, isUserId, POWER_LEVELS, versionNumber } from './types.ts'

export function checkPowerLevels(
  version: string,
  event: PlainEvent,
  state: StateMap,
  create: PlainEvent,
  section: number,
): PlainVerdict {
  const v = versionNumber(version)
  const { content, sender } = event

  // Form first. Since version 10 the seven levels (.1) and the entries of events and notifications (.2).
  if (v >= 10) {
    for (const name of LEVEL_NAMES)
      if (has(content, name) && readLevel(version, content[name]) === undefined)
        return deny(`${section}.1`, `${name} is not an integer`)
    for (const property of ['events', 'notifications'])
      if (has(content, property) && !isObjectOfLevels(version, content[property]))
        return deny(`${section}.2`, `${property} is not an object of integers`)
  }
  // All versions: users, if there, is an object of user IDs and levels.
  const usersForm = v >= 10 ? 3 : 1
  if (has(content, 'users')) {
    const users = content['users']
    if (!isObjectOfLevels(version, users)) return deny(`${section}.${usersForm}`, 'users is not an object of levels')
    for (const userId of Object.keys(users as JsonObject))
      if (!isUserId(userId)) return deny(`${section}.${usersForm}`, `${userId} in users is no user ID`)
  }
  // Versions 1 to 5, "floaty power levels": numbers beyond the range of a double, anywhere in the event.
  for (const value of allValues(content))
    if (isBeyondDouble(version, value)) return deny('floaty', 'a level is beyond the range of a double')
  // Version 12 (.4): creators have their power already.
  const creators = infinitelyPowerful(version, create)
  for (const userId of keysOf(content, 'users'))
    if (creators.has(userId)) return deny(`${section}.4`, `${userId} in users is a creator`)

  // The first power levels event of the room is allowed as it is.
  const first = usersForm + (v >= 12 ? 2 : 1)
  const before = state.get(POWER_LEVELS)?.content
  if (before === undefined) return allow

  const level = userLevel(version, state, sender)
  const isAbove = (value: Level | undefined): boolean => value !== undefined && value > level

  // The seven levels: neither the old nor the new value is above the sender's level.
  for (const name of LEVEL_NAMES) {
    const current = readLevel(version, get(before, name))
    const next = readLevel(version, get(content, name))
    if (current === next) continue
    if (isAbove(current)) return deny(`${section}.${first + 1}.1`, `${name} is above the sender's level`)
    if (isAbove(next)) return deny(`${section}.${first + 1}.2`, `${name} would be above the sender's level`)
  }
  // Entries of events, since version 6 of notifications too: the same.
  for (const property of v >= 6 ? ['events', 'notifications'] : ['events']) {
    for (const key of new Set([...keysOf(before, property), ...keysOf(content, property)])) {
      const current = entryLevel(version, before, property, key)
      const next = entryLevel(version, content, property, key)
      if (current === next) continue
      if (isAbove(current)) return deny(`${section}.${first + 2}.1`, `${property} ${key} is above the sender's level`)
      if (isAbove(next))
        return deny(`${section}.${first + 3}.1`, `${property} ${key} would be above the sender's level`)
    }
  }
  // Entries of users: others' old value is below the sender's level, and no new value is above it.
  for (const userId of new Set([...keysOf(before, 'users'), ...keysOf(content, 'users')])) {
    const current = entryLevel(version, before, 'users', userId)
    const next = entryLevel(version, content, 'users', userId)
    if (current === next) continue
    if (userId !== sender && current !== undefined && current >= level)
      return deny(`${section}.${first + 4}.1`, `${userId} is not below the sender`)
    if (isAbove(next)) return deny(`${section}.${first + 5}.1`, `${userId} would be above the sender`)
  }
  return allow
}

function isObjectOfLevels(version: string, value: Json | undefined): boolean {
  return isObject(value) && Object.values(value).every(entry => readLevel(version, entry) !== undefined)
}

/** The keys of an object in a content; none where there is no object. */
function keysOf(content: JsonObject, property: string): string[] {
  const entries = get(content, property)
  return isObject(entries) ? Object.keys(entries) : []
}

/** All values in an event that are meant to be levels. */
function allValues(content: JsonObject): (Json | undefined)[] {
  const values = LEVEL_NAMES.map(name => get(content, name))
  for (const property of ['users', 'events', 'notifications'])
    for (const key of keysOf(content, property)) values.push((get(content, property) as JsonObject)[key])
  return values
}
