/**
 * Taking the join of a user of another server, and handing out the room as it was before. Server-server API, "PUT /send_join",
 * "Restricted rooms".
 */
import { belongsTo, isUserId, type RoomEvent, type UserId } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../../api/index.ts'
import { lookAtConditions, refusedByConditions } from '../restricted-join.ts'
import type { FoundRoom } from '../room-state.ts'
import type { ReceivingContext } from './context.ts'
import { roomBefore, serversIn } from './room-before.ts'
import { roomForOthers } from './room-for-others.ts'
import { readMembership, refuseOfOthers, takeMembership, withOurSignature } from './sent-membership.ts'

export async function remoteJoin(
  request: RequestTo<'performRemoteJoin'>,
  context: ReceivingContext,
): Promise<ResponseFrom<'performRemoteJoin'>> {
  const { roomId, server } = request
  const room = await roomForOthers(roomId, server, context)
  const event = readMembership(request, 'join', room.rules, context)
  refuseOfOthers(event)
  const pdu = (await isLetInByUs(event, room, context)) ? withOurSignature(event, context) : request.pdu
  const { omitMembers = false } = request
  const serversInRoom = omitMembers ? await serversIn(room, context) : undefined
  await takeMembership(event, pdu, server, context)
  return {
    ...{ roomVersion: room.rules.version, event: pdu },
    ...(await roomBefore(event, room, omitMembers, context)),
    membersOmitted: omitMembers,
    ...(serversInRoom === undefined ? {} : { serversInRoom }),
  }
}

/**
 * Whether the event says that a user of this server lets the sender in, and that is so now.
 * @throws {RoomServerError} where the room's conditions are not met, or the user that it names may not
 */
async function isLetInByUs(event: RoomEvent, room: FoundRoom, context: ReceivingContext): Promise<boolean> {
  const named = event.content['join_authorised_via_users_server']
  if (!room.rules.auth.restrictedJoins || !isUserId(named) || !belongsTo(named, context.serverName)) return false
  const conditions = await lookAtConditions(event.sender as UserId, room, context)
  // Who was invited meanwhile, or is in it, needs nobody's leave: the signature says no more than that the user may join.
  if (conditions !== undefined && !conditions.allowed) throw refusedByConditions(event.sender, event.roomId, conditions)
  if (conditions !== undefined && conditions.authorisedVia === undefined)
    throw new RoomServerError('M_UNABLE_TO_GRANT_JOIN', `no user of this server in ${event.roomId} may invite any more`)
  return true
}
