/**
 * Knocking on a room by way of a server that is in it. The knock is kept with what the server says of the room. Server-server API,
 * "Knocking upon a room".
 */
import { roomVersions } from '@neurite/protocol'
import type { OutsideMembership } from '../network.ts'
import { askInTurn } from './ask-in-turn.ts'
import { completeTemplate } from './complete-template.ts'
import type { RemoteContext } from './context.ts'
import { keepOutsideInvite } from './outside-invite.ts'
import { readOutline } from './room-outline.ts'

export async function knockElsewhere(
  { roomId, userId, content, via }: OutsideMembership,
  context: RemoteContext,
): Promise<{ readonly eventId: string }> {
  return askInTurn(via, `${userId} wants to knock on ${roomId}`, async server => {
    const { peers } = context
    const template = await peers.make(server, 'knock', roomId, userId, [...roomVersions.keys()])
    const built = completeTemplate(server, template, { roomId, userId, membership: 'knock', content }, context)
    const { event } = built
    const state = await peers.sendKnock(server, { roomId, eventId: event.eventId, event: event.json })
    await keepOutsideInvite(
      { kind: 'knock', user: userId, ...built, outline: readOutline(state, event, context) },
      context,
    )
    return { eventId: event.eventId }
  })
}
