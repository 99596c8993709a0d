/**
 * Inviting the user behind a third-party invite, once it is known who that is. What an identity server signed is checked by the rules of
 * the room. Server-server API, "Third-party invites".
 */
import { belongsTo, type JsonObject } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../../api/index.ts'
import { changeMembership, type MembershipChange, memberDraft } from '../membership.ts'
import { localUser, roomIdOf, userIdOf } from '../names.ts'
import { networkOf } from '../network.ts'
import { refuseUnwantedInvite } from '../unwanted-invite.ts'
import type { ReceivingContext } from './context.ts'

export async function thirdPartyInvite(
  { roomId, sender, target, thirdPartyInvite: invite }: RequestTo<'performThirdPartyInvite'>,
  context: ReceivingContext,
): Promise<ResponseFrom<'performThirdPartyInvite'>> {
  const change: MembershipChange = {
    ...{ roomId, sender: localUser(sender, context), target: userIdOf(target), membership: 'invite' },
    content: { third_party_invite: invite as JsonObject },
  }
  await refuseUnwantedInvite({ roomId, inviter: sender, invitee: target }, context)
  if (belongsTo(change.target, context.serverName)) return { eventId: await changeMembership(change, context) }
  return networkOf(context, `${sender} wants to invite ${target} to ${roomId}`).invite(
    roomIdOf(roomId),
    memberDraft(change),
  )
}
