/**
 * The rooms of a user by membership, all pages of them.
 */
import type { Membership, ResponseFrom, RoomServerApi } from '@neurite/roomserver/api'

type UserRoom = ResponseFrom<'queryRoomsForUser'>['rooms'][number]

export async function roomsOf(roomServer: RoomServerApi, userId: string, membership: Membership): Promise<UserRoom[]> {
  const rooms: UserRoom[] = []
  for (let after: string | undefined; ; ) {
    const page = await roomServer.queryRoomsForUser({ userId, membership, ...(after === undefined ? {} : { after }) })
    rooms.push(...page.rooms)
    if (page.next === undefined) return rooms
    after = page.next
  }
}
