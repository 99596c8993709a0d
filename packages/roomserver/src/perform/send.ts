/**
 * Sending an event of a local user. Client-server API, "Sending events to a room", "Redactions".
 */
import { belongsTo, type JsonObject, type UserId } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { EventDraft } from '../input/draft.ts'
import { refuseBlocked } from './blocked-rooms.ts'
import type { PerformContext } from './context.ts'
import { invite } from './invite.ts'
import { localUser } from './names.ts'
import { ownEvent } from './own-event.ts'
import { refuseRedaction } from './redaction-right.ts'
import { refuseUnwantedInvite } from './unwanted-invite.ts'

type Request = RequestTo<'performSend'>

export async function send(request: Request, context: PerformContext): Promise<ResponseFrom<'performSend'>> {
  const { roomId, event, transactionId, unlessSame } = request
  const sender = localUser(event.sender, context)
  if (isInvite(event) && !belongsTo(event.stateKey as UserId, context.serverName))
    return inviteElsewhere(request, context)
  await refuseBlocked(roomId, context)
  if (isInvite(event))
    await refuseUnwantedInvite({ roomId, inviter: sender, invitee: event.stateKey as UserId }, context)
  else await context.spamGuard.refuseSpam('send', { roomId, event })
  const draft: EventDraft = { ...event, sender, content: event.content as JsonObject }
  await refuseRedaction(roomId, draft, context)
  const options = { ...ownEvent(context, transactionId), ...(unlessSame === undefined ? {} : { unlessSame }) }
  const { eventId } = await context.input.send(roomId, draft, options)
  return { eventId }
}

function isInvite({ type, stateKey, content }: Request['event']): boolean {
  return type === 'm.room.member' && content['membership'] === 'invite' && stateKey !== undefined
}

/** An invite of a user of another server is no event until that server has signed it. */
function inviteElsewhere({ roomId, event, transactionId }: Request, context: PerformContext) {
  const { sender, stateKey = '', content } = event
  const { membership: _, ...rest } = content
  const request = { roomId, inviter: sender, invitee: stateKey, content: rest }
  return invite(transactionId === undefined ? request : { ...request, transactionId }, context)
}
