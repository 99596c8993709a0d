/**
 * Leaving a room, rejecting an invite, taking a knock back. Client-server API, "POST /rooms/{roomId}/leave"; server-server API, "Leaving
 * Rooms (Rejecting Invites)".
 */
import type { JsonObject } from '@neurite/protocol'
import { noSuchRoom, type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { MembershipIsAnother } from '../input/draft.ts'
import type { InviteRow } from '../storage/index.ts'
import { changeAndTell } from './change-and-tell.ts'
import type { PerformContext } from './context.ts'
import { memberContent } from './member-content.ts'
import { changeMembership } from './membership.ts'
import { localUser, otherServers, roomIdOf } from './names.ts'
import type { OutsideMembership } from './network.ts'
import { leaveHere, serversKnownBy } from './remote/index.ts'
import { findRoom, isResident } from './room-state.ts'

export async function leave(
  request: RequestTo<'performLeave'>,
  context: PerformContext,
): Promise<ResponseFrom<'performLeave'>> {
  const { roomId, userId, reason, transactionId } = request
  const user = localUser(userId, context)
  const content: JsonObject = { ...(request.content as JsonObject | undefined), ...memberContent(undefined, reason) }
  const room = await findRoom(roomId, context)
  const invite = await context.storage.reader.invite(roomId, user)
  if (invite !== undefined && (room === undefined || !(await isResident(room, context))))
    return rejectFromOutside({ roomId: roomIdOf(roomId), userId: user, content, via: [] }, invite, context)
  if (room === undefined) throw noSuchRoom(roomId)
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

/**
 * Rejects an invite to a room that this server is not in, or takes a knock back. Where no server of the room answers, or none there
 * will have it, the invite is gone here all the same: nobody is to be stuck with an invite of a server that is dead.
 */
async function rejectFromOutside(
  leaving: OutsideMembership,
  invite: InviteRow,
  context: PerformContext,
): Promise<ResponseFrom<'performLeave'>> {
  const { network, serverName } = context
  const { roomId, userId } = leaving
  const via = otherServers(serversKnownBy(invite), serverName)
  const left = await network?.leave({ ...leaving, via }).catch((error: unknown) => {
    if (error instanceof RoomServerError) return undefined
    throw error
  })
  const why = left === undefined ? 'rejected-here' : 'rejected'
  const leave = left ?? leaveHere(leaving, invite, context)
  const retired = {
    ...({ kind: 'outside-invite-retired', user: userId, why } as const),
    ...(leave === undefined ? {} : { leave }),
  }
  await changeAndTell(roomId, [{ kind: 'end-invite', roomId, user: userId }], retired, context)
  return left === undefined ? {} : { eventId: left.eventId }
}
