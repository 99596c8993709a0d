/**
 * Those of some users who are in no room with a local user any more.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { joinedRooms } from './joined-rooms.ts'

export async function leftUsers(
  request: RequestTo<'queryLeftUsers'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryLeftUsers'>> {
  const { userIds } = request
  const { reader, serverName } = context
  const nids = await reader.stateKeyNids(userIds)
  const left: string[] = []
  for (const userId of new Set(userIds)) {
    const user = nids.get(userId)
    const rooms = user === undefined ? [] : await joinedRooms(user, context)
    let isShared = false
    for (const room of rooms) {
      isShared = (await reader.joinedMembersOfServer(room, serverName)) > 0
      if (isShared) break
    }
    if (!isShared) left.push(userId)
  }
  return { left }
}
