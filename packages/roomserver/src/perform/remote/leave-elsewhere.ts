/**
 * Leaving a room that no local user is in, by way of a server that is: rejecting an invite, or taking a knock back. Server-server API,
 * "Leaving Rooms (Rejecting Invites)".
 */
import type { OutsideLeave } from '../../output/index.ts'
import type { OutsideMembership } from '../network.ts'
import { askInTurn } from './ask-in-turn.ts'
import { completeTemplate } from './complete-template.ts'
import type { RemoteContext } from './context.ts'

export async function leaveElsewhere(
  { roomId, userId, content, via }: OutsideMembership,
  context: RemoteContext,
): Promise<OutsideLeave> {
  return askInTurn(via, `${userId} wants to leave ${roomId}`, async server => {
    const { peers } = context
    const template = await peers.make(server, 'leave', roomId, userId, [])
    const { event, pdu } = completeTemplate(server, template, { roomId, userId, membership: 'leave', content }, context)
    await peers.sendLeave(server, { roomId, eventId: event.eventId, event: event.json })
    return { eventId: event.eventId, roomVersion: event.rules.version, pdu }
  })
}
