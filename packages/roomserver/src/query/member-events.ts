/**
 * Member events: what they say, and the members of a room in pages.
 */
import type { JsonObject } from '@neurite/protocol'
import type { Membership } from '../api/index.ts'
import type { MembershipRow } from '../storage/rows.ts'
import type { EventNid, StateKeyNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import type { FoundRoom } from './find-room.ts'

const memberships: ReadonlySet<unknown> = new Set<Membership>(['join', 'invite', 'knock', 'leave', 'ban'])

/** @returns undefined where it says none that there is */
export function membershipIn({ membership }: JsonObject): Membership | undefined {
  return memberships.has(membership) ? (membership as Membership) : undefined
}

/** Only who has gone can have forgotten a room: an invite brings it back. */
export function hasGone(membership: Membership): boolean {
  return membership === 'leave' || membership === 'ban'
}

/** The name and avatar of a member event's content, where they are text. */
export function profileIn({ displayname, avatar_url }: JsonObject) {
  return {
    ...(typeof displayname === 'string' ? { displayName: displayname } : {}),
    ...(typeof avatar_url === 'string' ? { avatarUrl: avatar_url } : {}),
  }
}

export interface NamedMember {
  readonly user: StateKeyNid
  readonly userId: string
  readonly event: EventNid
}

/** Members read at once. */
const pageMembers = 1_000

/** The users with a membership in the current state of a room, some at a time. */
export async function* membersOf(
  { row }: FoundRoom,
  membership: Membership | undefined,
  { reader, yieldNow }: QueryContext,
  from: StateKeyNid | 0 = 0,
  page = pageMembers,
): AsyncGenerator<NamedMember[]> {
  for (let after = from; ; await yieldNow()) {
    const rows: MembershipRow[] = await reader.memberships(row.room, membership, after, page)
    const last = rows.at(-1)
    if (last === undefined) return
    const names = await reader.stateKeys(rows.map(({ user }) => user))
    yield rows.map(({ user, event }) => ({ user, userId: names.get(user) as string, event: event as EventNid }))
    if (rows.length < page) return
    after = last.user
  }
}
