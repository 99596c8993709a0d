/**
 * The power levels of a room that replaces another, and of the one that is replaced. Client-server API, "Room Upgrades"; room version 12,
 * "Room creators".
 */
import {
  additionalCreators,
  isUserId,
  type JsonObject,
  type Level,
  namedLevels,
  type PowerLevels,
  parsePowerLevels,
  type RoomEvent,
  type RoomVersionRules,
  roomCreator,
  type UserId,
} from '@neurite/protocol'
import { adminLevel, withTombstoneLevel } from './initial-power-levels.ts'

/** What an ordinary member must not reach any more: the level of who moderates. */
const restrictedLevel = 50

export interface LevelsToUpgrade {
  /** Of the old room, where it has some. */
  readonly levels: RoomEvent | undefined
  readonly create: RoomEvent | undefined
  readonly oldRules: RoomVersionRules
  /** Of the new room. */
  readonly rules: RoomVersionRules
  /** Who creates the new room, and whom it names besides. */
  readonly creators: readonly UserId[]
}

/**
 * The levels of the new room: those of the old one, written as integers, since newer versions take nothing else. Creators that stand
 * above all levels are not listed; where only the old room had such, they get a level that reaches everything.
 */
export function upgradedLevels({ levels, create, oldRules, rules, creators }: LevelsToUpgrade): JsonObject {
  const read = levels && parsePowerLevels(levels)
  const users = new Map(read?.users)
  if (rules.auth.privilegedCreators) for (const creator of creators) users.delete(creator)
  else if (oldRules.auth.privilegedCreators || read === undefined)
    for (const creator of creatorsOf(create)) users.set(creator, highestNeeded(read))
  const written: JsonObject = {
    ...(levels && besidesLevels(levels.content)),
    ...(read && levelsObject(read.named)),
    ...(read && read.events.size > 0 ? { events: levelsObject(read.events) } : {}),
    ...(read && read.notifications.size > 0 ? { notifications: levelsObject(read.notifications) } : {}),
    users: levelsObject([...users].filter(([user]) => isUserId(user))),
  }
  return withTombstoneLevel(written, rules)
}

/**
 * The levels of a room that was replaced: nobody without a level of their own sends to it, or invites.
 * @param sender who opened the room, where it has no levels yet
 * @returns undefined where that is so already
 */
export function restrictedLevels(
  levels: RoomEvent | undefined,
  sender: UserId,
  { auth }: RoomVersionRules,
): JsonObject | undefined {
  const named = levels && parsePowerLevels(levels).named
  const level = Math.max(restrictedLevel, toInteger(named?.get('users_default') ?? 0) + 1)
  const [sending, inviting] = [toInteger(named?.get('events_default') ?? 0), toInteger(named?.get('invite') ?? 0)]
  if (sending >= level && inviting >= level) return undefined
  // Without levels the one who opened the room has those of an admin, and would lose them.
  const content = levels?.content ?? (auth.privilegedCreators ? {} : { users: { [sender]: adminLevel } })
  return { ...content, events_default: Math.max(level, sending), invite: Math.max(level, inviting) }
}

/** What is no level. A level that nobody can read is left behind: newer versions refuse it. */
function besidesLevels(content: JsonObject): JsonObject {
  const levels: ReadonlySet<string> = new Set([...namedLevels, 'users', 'events', 'notifications'])
  return Object.fromEntries(Object.entries(content).filter(([key]) => !levels.has(key)))
}

function creatorsOf(create: RoomEvent | undefined): string[] {
  return create === undefined
    ? []
    : [roomCreator(create), ...additionalCreators(create)].filter(user => user !== undefined)
}

function highestNeeded(read: PowerLevels | undefined): number {
  const needed = read === undefined ? [] : [...read.named.values(), ...read.events.values()]
  return Math.max(adminLevel, ...needed.map(toInteger))
}

function levelsObject(levels: Iterable<readonly [name: string, level: Level]>): JsonObject {
  return Object.fromEntries([...levels].map(([name, level]) => [name, toInteger(level)]))
}

/** Levels beyond the integers of canonical JSON come from room versions that allowed them: the nearest that all allow. */
function toInteger(level: Level): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(level)))
}
