/**
 * Inviting a user. The event of one of another server needs that server’s signature. Client-server API, "POST /rooms/{roomId}/invite";
 * server-server API, "Inviting to a room".
 */
import { belongsTo, isUserId, type JsonObject, serverNameOf } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { refuseBlocked } from './blocked-rooms.ts'
import type { PerformContext } from './context.ts'
import { memberContent } from './member-content.ts'
import { changeMembership, type MembershipChange, memberDraft } from './membership.ts'
import { localUser, roomIdOf, userIdOf } from './names.ts'
import { networkOf } from './network.ts'
import { existingRoom, stateEntries } from './room-state.ts'
import { refuseUnwantedInvite } from './unwanted-invite.ts'

export async function invite(
  request: RequestTo<'performInvite'>,
  context: PerformContext,
): Promise<ResponseFrom<'performInvite'>> {
  const { roomId, inviter, invitee, reason, isDirect, transactionId } = request
  await refuseBlocked(roomId, context)
  const content: JsonObject = {
    ...(request.content as JsonObject | undefined),
    ...memberContent(undefined, reason),
    ...(isDirect === true ? { is_direct: true } : {}),
  }
  const change: MembershipChange = {
    ...{ roomId, sender: localUser(inviter, context), target: userIdOf(invitee), transactionId },
    ...{ membership: 'invite', content },
  }
  await refuseUnwantedInvite({ roomId, inviter, invitee }, context)
  if (belongsTo(change.target, context.serverName)) return { eventId: await changeMembership(change, context) }
  return inviteElsewhere(change, context)
}

async function inviteElsewhere(change: MembershipChange, context: PerformContext) {
  const { roomId, sender, target } = change
  const [create] = await stateEntries([['m.room.create', '']], await existingRoom(roomId, context), context)
  const creatorServer = create !== undefined && isUserId(create.sender) ? serverNameOf(create.sender) : undefined
  if (create?.content['m.federate'] === false && serverNameOf(target) !== creatorServer)
    throw new RoomServerError('M_FORBIDDEN', `${target} cannot be invited to ${roomId}: the room does not federate`, {
      ...{ rule: 'federate', decidedBy: create.eventId },
    })
  const network = networkOf(context, `${sender} wants to invite ${target} to ${roomId}`)
  return network.invite(roomIdOf(roomId), memberDraft(change))
}
