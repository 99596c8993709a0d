/**
 * The content of `m.room.create`. Client-server API, "POST /createRoom", `creation_content`.
 */
import type { JsonObject, JsonValue, RoomVersionRules, UserId } from '@neurite/protocol'

/**
 * What the creator wants in it, with what the server decides: the version, the creator in versions that name one, and as additional
 * creators, where the version has them, also whom the preset trusts as much.
 */
export function createContent(
  wanted: JsonObject,
  creator: UserId,
  trusted: readonly UserId[],
  { version, auth }: RoomVersionRules,
): JsonObject {
  const { creator: _, additional_creators: additional, ...rest } = wanted
  return {
    ...rest,
    room_version: version,
    ...(auth.creatorInContent ? { creator } : {}),
    ...additionalCreators(additional, auth.privilegedCreators ? trusted.filter(user => user !== creator) : []),
  }
}

function additionalCreators(wanted: JsonValue | undefined, trusted: readonly UserId[]): JsonObject {
  // What is no list is for the rules to judge, in versions where it means something.
  if (wanted !== undefined && !Array.isArray(wanted)) return { additional_creators: wanted }
  const all = [...new Set<JsonValue>([...(wanted ?? []), ...trusted])]
  return wanted === undefined && all.length === 0 ? {} : { additional_creators: all }
}
