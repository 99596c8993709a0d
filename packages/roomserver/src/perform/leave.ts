/**
 * Leaving a room, rejecting an invite, taking a knock back. Client-server API, "POST /rooms/{roomId}/leave"; server-server API, "Leaving
 * Rooms (Rejecting Invites)".
 */
import type { JsonObject } from '@neurite/protocol'
import { noSuchRoom, type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { MembershipIsAnother } from '../input/draft.ts'
import type { PerformContext } from './context.ts'
import { memberContent } from './member-content.ts'
import { changeMembership } from './membership.ts'
import { localUser } from './names.ts'
import { findRoom } from './room-state.ts'

export async function leave(
  request: RequestTo<'performLeave'>,
  context: PerformContext,
): Promise<ResponseFrom<'performLeave'>> {
  const { roomId, userId, reason, transactionId } = request
  const user = localUser(userId, context)
  const content: JsonObject = { ...(request.content as JsonObject | undefined), ...memberContent(undefined, reason) }
  if ((await findRoom(roomId, context)) === undefined) throw noSuchRoom(roomId)
  try {
    const change = { roomId, sender: user, target: user, membership: 'leave', content, transactionId } as const
    return { eventId: await changeMembership({ ...change, onlyFrom: ['join', 'invite', 'knock'] }, context) }
  } catch (error) {
    if (!(error instanceof MembershipIsAnother)) throw error
    // Who is not in the room has nothing to do; a ban stays one.
    if (error.membership === 'leave') return {}
    throw new RoomServerError('M_FORBIDDEN', `${userId} cannot leave: ${error.message}`, {}, { cause: error })
  }
}
