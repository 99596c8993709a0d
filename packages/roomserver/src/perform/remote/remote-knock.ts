/**
 * Taking the knock of a user of another server, who is told which room it is. Server-server API, "PUT /send_knock".
 */
import { canonicalJson } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../../api/index.ts'
import type { ReceivingContext } from './context.ts'
import { roomForOthers } from './room-for-others.ts'
import { outlineOf } from './room-outline.ts'
import { readMembership, refuseOfOthers, takeMembership } from './sent-membership.ts'

export async function remoteKnock(
  request: RequestTo<'performRemoteKnock'>,
  context: ReceivingContext,
): Promise<ResponseFrom<'performRemoteKnock'>> {
  const { roomId, server, pdu } = request
  const room = await roomForOthers(roomId, server, context)
  const event = readMembership(request, 'knock', room.rules, context)
  refuseOfOthers(event)
  await takeMembership(event, pdu, server, context)
  const outline = await outlineOf(room, undefined, context)
  return { roomState: outline.map(({ json }) => canonicalJson(json)) }
}
