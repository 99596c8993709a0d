/**
 * The joined users of a room with their names and avatars. Client-server API, "GET /joined_members".
 */

import { belongsTo, type UserId } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { StateKeyNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, isPartial, roomOf } from './find-room.ts'
import { membersOf, type NamedMember, profileIn } from './member-events.ts'
import { nextAfter, numberAfter, pageLimit } from './pages.ts'

export async function joinedUsers(
  request: RequestTo<'queryJoinedUsers'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryJoinedUsers'>> {
  const { roomId, localOnly = false } = request
  const room = await roomOf(roomId, context)
  const limit = pageLimit(request)
  const found: NamedMember[] = []
  for await (const page of membersOf(room, 'join', context, numberAfter<StateKeyNid>(request))) {
    const wanted = localOnly ? page.filter(({ userId }) => belongsTo(userId as UserId, context.serverName)) : page
    found.push(...wanted.slice(0, limit - found.length))
    if (found.length === limit) break
  }
  const events = await context.events.load(found.map(({ event }) => event))
  return {
    users: found.map(({ userId, event }) => ({
      userId,
      eventId: events.get(event)?.eventId as string,
      ...profileIn(events.get(event)?.content ?? {}),
    })),
    ...nextAfter(found, request, found.at(-1)?.user),
    partial: isPartial(await currentState(room, context)),
  }
}
