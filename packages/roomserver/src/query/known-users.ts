/**
 * Users known by a part of their ID or name, who share a room with the one who asks or are in a public one.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { RoomNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { roomOf } from './find-room.ts'
import { joinedRooms } from './joined-rooms.ts'
import { membersOf, profileIn } from './member-events.ts'
import { pageLimit } from './pages.ts'

/** Members looked at before the answer is cut short: some hundred milliseconds. */
const maxLookedAt = 50_000
/** Rooms of the directory that are looked into. */
const maxPublicRooms = 1_000

export async function knownUsers(
  request: RequestTo<'queryKnownUsers'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryKnownUsers'>> {
  const { userId, search } = request
  const { reader, events } = context
  const limit = pageLimit(request)
  const wanted = search.toLowerCase()
  const user = (await reader.stateKeyNids([userId])).get(userId)
  const shared = user === undefined ? [] : await joinedRooms(user, context)
  const users = new Map<string, ReturnType<typeof profileIn>>()
  let looked = 0
  for (const room of new Set([...shared, ...(await publicRooms(context))])) {
    const row = await reader.roomByNid(room)
    if (row === undefined || row.forwardExtremities.length === 0) continue
    for await (const page of membersOf(await roomOf(row.roomId, context), 'join', context)) {
      looked += page.length
      const loaded = await events.load(page.map(({ event }) => event))
      for (const { userId: member, event } of page) {
        if (member === userId || users.has(member)) continue
        const profile = profileIn(loaded.get(event)?.content ?? {})
        const name = 'displayName' in profile ? profile.displayName : ''
        if (!member.toLowerCase().includes(wanted) && !name?.toLowerCase().includes(wanted)) continue
        if (users.size === limit) return { users: named(users), limited: true }
        users.set(member, profile)
      }
      if (looked >= maxLookedAt) return { users: named(users), limited: true }
    }
  }
  return { users: named(users), limited: false }
}

function named(users: ReadonlyMap<string, ReturnType<typeof profileIn>>) {
  return [...users].map(([userId, profile]) => ({ userId, ...profile }))
}

async function publicRooms({ reader }: QueryContext): Promise<RoomNid[]> {
  const rooms: RoomNid[] = []
  for (const roomId of await reader.published(undefined, undefined, '', maxPublicRooms)) {
    const row = await reader.room(roomId)
    if (row !== undefined) rooms.push(row.room)
  }
  return rooms
}
