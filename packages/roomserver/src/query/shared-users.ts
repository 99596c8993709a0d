/**
 * The users who share a room with a user.
 */

import { belongsTo, type UserId } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { StateKeyNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { joinedRooms } from './joined-rooms.ts'
import { nextAfter, numberAfter, pageLimit } from './pages.ts'

/** Members read at once. */
const pageMembers = 1_000

export async function sharedUsers(
  request: RequestTo<'querySharedUsers'>,
  context: QueryContext,
): Promise<ResponseFrom<'querySharedUsers'>> {
  const { userId, others, localOnly = false } = request
  const { reader, serverName } = context
  const user = (await reader.stateKeyNids([userId])).get(userId)
  if (user === undefined) return { users: [] }
  const rooms = await joinedRooms(user, context)
  const isWanted = (name: string) => name !== userId && (!localOnly || belongsTo(name as UserId, serverName))
  if (others !== undefined) {
    const shared = new Set(rooms)
    const users: string[] = []
    for (const [name, other] of await reader.stateKeyNids(others))
      if (isWanted(name) && (await joinedRooms(other, context)).some(room => shared.has(room))) users.push(name)
    return { users: others.filter(name => users.includes(name)) }
  }
  const after = numberAfter<StateKeyNid>(request)
  const found = new Set<StateKeyNid>()
  for (const room of rooms)
    for (let from = after; ; await context.yieldNow()) {
      const page = await reader.memberships(room, 'join', from, pageMembers)
      for (const { user: member } of page) found.add(member)
      if (page.length < pageMembers) break
      from = page.at(-1)?.user as StateKeyNid
    }
  const ordered = [...found].sort((a, b) => a - b)
  const limit = pageLimit(request)
  const users: string[] = []
  let last: StateKeyNid | undefined
  for (let at = 0; at < ordered.length && users.length < limit; at += pageMembers) {
    const names = await reader.stateKeys(ordered.slice(at, at + pageMembers))
    for (const nid of ordered.slice(at, at + pageMembers)) {
      if (users.length === limit) break
      const name = names.get(nid) as string
      if (!isWanted(name)) continue
      users.push(name)
      last = nid
    }
  }
  return { users, ...nextAfter(users, request, last) }
}
