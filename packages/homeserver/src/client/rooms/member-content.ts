/**
 * The name and the picture of a local user, as member events have them.
 */
import type { UserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'

export interface MemberProfile {
  readonly displayname?: string
  readonly avatar_url?: string
}

export function memberContent({ tables }: ClientContext, userId: UserId): MemberProfile {
  const displayName = tables.profiles.field(userId, 'displayname')?.value
  const avatarUrl = tables.profiles.field(userId, 'avatar_url')?.value
  return {
    ...(typeof displayName === 'string' ? { displayname: displayName } : {}),
    ...(typeof avatarUrl === 'string' ? { avatar_url: avatarUrl } : {}),
  }
}

/** The same as the room server wants it. */
export function roomProfile(context: ClientContext, userId: UserId): { displayName?: string; avatarUrl?: string } {
  const { displayname, avatar_url } = memberContent(context, userId)
  return {
    ...(displayname === undefined ? {} : { displayName: displayname }),
    ...(avatar_url === undefined ? {} : { avatarUrl: avatar_url }),
  }
}
