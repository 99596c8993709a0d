/**
 * What a member event says besides the membership. Client-server API, "m.room.member".
 */
import type { JsonObject } from '@neurite/protocol'

export interface Profile {
  readonly displayName?: string
  readonly avatarUrl?: string
}

/** @param reason why, for people */
export function memberContent(profile: Profile | undefined, reason?: string): JsonObject {
  const { displayName, avatarUrl } = profile ?? {}
  return {
    ...(displayName === undefined ? {} : { displayname: displayName }),
    ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
    ...(reason === undefined ? {} : { reason }),
  }
}
