/**
 * Forgetting a room: it is not shown any more to a user who has left it. Client-server API, "POST /rooms/{roomId}/forget".
 */
import { noSuchRoom, type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import type { PerformContext } from './context.ts'
import { localUser } from './names.ts'
import { findRoom, membershipOf } from './room-state.ts'

export async function forget(
  { roomId, userId }: RequestTo<'performForget'>,
  context: PerformContext,
): Promise<ResponseFrom<'performForget'>> {
  const { storage } = context
  const user = localUser(userId, context)
  const room = await findRoom(roomId, context)
  const membership = room === undefined ? undefined : (await membershipOf(user, room, context))?.membership
  const invite = await storage.reader.invite(roomId, user)
  if (membership === 'join' || membership === 'invite' || membership === 'knock' || invite !== undefined)
    throw new RoomServerError(
      'M_UNKNOWN',
      `${user} cannot forget room ${roomId} while their membership is ${membership ?? invite?.kind}`,
    )
  if (membership === undefined) throw noSuchRoom(roomId)
  await storage.change([{ kind: 'forget', user, roomId }])
  return {}
}
