/**
 * Who may know of a room without being in it: whoever could join it, knock on it, or read it. Client-server API, "GET /hierarchy".
 */
import type { QueryContext } from './context.ts'
import { type FoundRoom, findRoom } from './find-room.ts'
import type { RoomSummary } from './room-summary.ts'

export interface Asker {
  readonly userId?: string
  readonly server?: string
}

const openRules: ReadonlySet<string> = new Set(['public', 'knock', 'knock_restricted'])

/** Nobody named: whoever there is. */
export async function mayKnow(
  asker: Asker,
  room: FoundRoom,
  { joinRule, worldReadable, allowedRoomIds = [] }: RoomSummary,
  context: QueryContext,
): Promise<boolean> {
  if (worldReadable || openRules.has(joinRule)) return true
  if (await isIn(asker, room, ['join', 'invite'], context)) return true
  for (const roomId of allowedRoomIds) {
    const allowed = await findRoom(roomId, context)
    if (allowed !== undefined && (await isIn(asker, allowed, ['join'], context))) return true
  }
  return false
}

async function isIn(
  { userId, server }: Asker,
  { row }: FoundRoom,
  memberships: readonly string[],
  { reader }: QueryContext,
): Promise<boolean> {
  if (server !== undefined) return (await reader.joinedMembersOfServer(row.room, server)) > 0
  const user = userId === undefined ? undefined : (await reader.stateKeyNids([userId])).get(userId)
  const member = user === undefined ? undefined : await reader.membership(row.room, user)
  return member !== undefined && memberships.includes(member.membership)
}
