/**
 * Knocking on a room. Client-server API, "Knocking on rooms".
 */
import type { JsonObject } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { refuseBlocked } from './blocked-rooms.ts'
import type { PerformContext } from './context.ts'
import { memberContent } from './member-content.ts'
import { changeMembership } from './membership.ts'
import { localUser } from './names.ts'
import { networkOf } from './network.ts'
import { resolveRoom } from './resolve-room.ts'
import { findRoom, isResident } from './room-state.ts'
import { serversToAsk } from './servers-to-ask.ts'

export async function knock(
  request: RequestTo<'performKnock'>,
  context: PerformContext,
): Promise<ResponseFrom<'performKnock'>> {
  const { userId, reason, via } = request
  const user = localUser(userId, context)
  const { roomId, servers } = await resolveRoom(request.roomIdOrAlias, via, context)
  await refuseBlocked(roomId, context)
  const content: JsonObject = { ...(request.content as JsonObject | undefined), ...memberContent(undefined, reason) }
  const room = await findRoom(roomId, context)
  if (room !== undefined && (await isResident(room, context))) {
    const change = { roomId, sender: user, target: user, membership: 'knock', content } as const
    return { roomId, eventId: await changeMembership(change, context) }
  }
  const network = networkOf(context, `${userId} wants to knock on ${roomId}`)
  return {
    roomId,
    ...(await network.knock({
      roomId,
      userId: user,
      content,
      via: await serversToAsk(roomId, user, servers, context),
    })),
  }
}
