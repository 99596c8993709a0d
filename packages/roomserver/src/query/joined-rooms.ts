/**
 * The rooms that a user is joined in.
 */
import type { UserMembershipRow } from '../storage/rows.ts'
import type { RoomNid, StateKeyNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'

/** Rooms read at once. */
const pageRooms = 1_000

export async function joinedRooms(user: StateKeyNid, { reader, yieldNow }: QueryContext): Promise<RoomNid[]> {
  const rooms: RoomNid[] = []
  for (let after: RoomNid | 0 = 0; ; await yieldNow()) {
    const page: UserMembershipRow[] = await reader.membershipsOfUser(user, 'join', after, pageRooms)
    rooms.push(...page.map(({ room }) => room))
    const last = page.at(-1)
    if (last === undefined || page.length < pageRooms) return rooms
    after = last.room
  }
}
