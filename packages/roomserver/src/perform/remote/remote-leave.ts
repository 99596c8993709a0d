/**
 * Taking the leave of a user of another server. Server-server API, "PUT /send_leave".
 */
import type { RequestTo, ResponseFrom } from '../../api/index.ts'
import type { ReceivingContext } from './context.ts'
import { roomForOthers } from './room-for-others.ts'
import { readMembership, refuseOfOthers, takeMembership } from './sent-membership.ts'

export async function remoteLeave(
  request: RequestTo<'performRemoteLeave'>,
  context: ReceivingContext,
): Promise<ResponseFrom<'performRemoteLeave'>> {
  const { roomId, server, pdu } = request
  const room = await roomForOthers(roomId, server, context)
  const event = readMembership(request, 'leave', room.rules, context)
  refuseOfOthers(event)
  await takeMembership(event, pdu, server, context)
  return {}
}
