/**
 * The power levels that a room opens with. Client-server API, "POST /createRoom", 3; m.room.power_levels.
 */
import { isJsonObject, type JsonObject, type JsonValue, type RoomVersionRules, type UserId } from '@neurite/protocol'

/** The level of who opens a room, and of the invitees whom a preset trusts as much. */
export const adminLevel = 100
/** Of who may do most things that are no messages. */
const moderatorLevel = 50
/** Ending a room in favour of another needs more than the level of its admins, where creators stand above them. */
const tombstoneLevelAboveAdmins = 150

export interface InitialPowerLevels {
  readonly creator: UserId
  /** Users who get the creator's level, where that is a level. */
  readonly trusted: readonly UserId[]
  /** The level that inviting needs. */
  readonly invite: 0 | 50
  readonly rules: RoomVersionRules
}

/** The levels of a new room, before anything that its creator wants otherwise. */
export function initialPowerLevels({ creator, trusted, invite, rules }: InitialPowerLevels): JsonObject {
  // Privileged creators outrank every level and must not be listed.
  const admins = rules.auth.privilegedCreators ? [] : [creator, ...trusted]
  return {
    users: Object.fromEntries(admins.map(user => [user, adminLevel])),
    users_default: 0,
    events: {
      'm.room.name': moderatorLevel,
      'm.room.avatar': moderatorLevel,
      'm.room.canonical_alias': moderatorLevel,
      'm.room.power_levels': adminLevel,
      'm.room.history_visibility': adminLevel,
      'm.room.server_acl': adminLevel,
      'm.room.encryption': adminLevel,
      'm.room.tombstone': rules.auth.privilegedCreators ? tombstoneLevelAboveAdmins : adminLevel,
    },
    events_default: 0,
    state_default: moderatorLevel,
    ban: moderatorLevel,
    kick: moderatorLevel,
    redact: moderatorLevel,
    invite,
    notifications: { room: moderatorLevel },
  }
}

/**
 * From the version with privileged creators on, the first power levels of a room must name a level for `m.room.tombstone`, above
 * `state_default`. What the creator set of it stays; what was lost with a whole `events` of theirs is put back.
 */
export function withTombstoneLevel(levels: JsonObject, { auth }: RoomVersionRules): JsonObject {
  const { events = {} } = levels
  // What is no object of levels is for the rules to refuse.
  if (!auth.privilegedCreators || !isJsonObject(events) || events['m.room.tombstone'] !== undefined) return levels
  const level = Math.max(tombstoneLevelAboveAdmins, stateDefault(levels['state_default']) + 1)
  return { ...levels, events: { ...events, 'm.room.tombstone': level } }
}

function stateDefault(level: JsonValue | undefined): number {
  return typeof level === 'number' && level < Number.MAX_SAFE_INTEGER ? level : moderatorLevel
}
