/**
 * Invites of people by what an identity server knows of them. Server-server API, "Third-party invites".
 */
import { belongsTo, isJsonObject, isRoomId, isUserId, type JsonObject } from '@neurite/protocol'
import { RoomServerError } from '@neurite/roomserver/api'
import type { IncomingContext } from '../context.ts'
import { type Endpoint, objectOf } from '../endpoint.ts'
import { badJson, forbidden, invalid } from '../errors.ts'

/** Invites that an identity server tells of at once. */
const maxInvites = 1_000

/** Another server has learnt who is invited, and this one has the user who invites. */
export const exchangeThirdPartyInvite: Endpoint = {
  method: 'PUT',
  path: '/_matrix/federation/v1/exchange_third_party_invite/{roomId}',
  async answer(request, { api }) {
    const { path } = request
    const { type, content, sender, state_key: target, room_id: room } = objectOf(request)
    const membership = isJsonObject(content) ? content['membership'] : undefined
    if (type !== 'm.room.member' || membership !== 'invite') throw invalid('the event is no invite')
    if (room !== path['roomId']) throw invalid('the event is of another room')
    const invite = isJsonObject(content) ? content['third_party_invite'] : undefined
    if (!isJsonObject(invite)) throw badJson('content.third_party_invite must be an object')
    if (!isUserId(sender) || !isUserId(target)) throw invalid('sender and state_key must be user IDs')
    const thirdPartyInvite = invite as Record<string, unknown>
    await api.performThirdPartyInvite({ roomId: path['roomId'] as string, sender, target, thirdPartyInvite })
    return {}
  },
}

/** An identity server has learnt that a user of this server is who others have invited. */
export const onBind: Endpoint = {
  method: 'PUT',
  path: '/_matrix/federation/v1/3pid/onbind',
  isPublic: true,
  async answer(request, context) {
    const { invites, mxid } = objectOf(request)
    if (!isUserId(mxid) || !belongsTo(mxid, context.serverName)) throw forbidden('mxid is no user of this server')
    if (!Array.isArray(invites) || invites.length > maxInvites) throw badJson('invites must be a list')
    for (const invite of invites) if (isJsonObject(invite)) await takeInvite(invite, context)
    return {}
  },
}

/** Of those whose inviter is of this server. Others are exchanged by the inviter's server, which the identity server tells as well. */
async function takeInvite(
  { room_id: roomId, sender, mxid, signed }: JsonObject,
  context: IncomingContext,
): Promise<void> {
  if (!isRoomId(roomId) || !isUserId(sender) || !isUserId(mxid) || !isJsonObject(signed))
    throw badJson('an invite of bad form')
  if (!belongsTo(sender, context.serverName)) return
  try {
    await context.api.performThirdPartyInvite({ roomId, sender, target: mxid, thirdPartyInvite: { signed } })
  } catch (error) {
    // The room does not allow it any more, which is no matter of the identity server.
    if (!(error instanceof RoomServerError)) throw error
  }
}
