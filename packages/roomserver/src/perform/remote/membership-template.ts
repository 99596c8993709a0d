/**
 * The template of a member event for a user of another server: `make_join`, `make_leave`, `make_knock`. It is judged as if it had been
 * sent, so that what the room does not allow is refused before anything is signed.
 */
import { canonicalJson, isUserId, type JsonObject, serverNameOf } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../../api/index.ts'
import type { EventDraft } from '../../input/draft.ts'
import { lookAtConditions, refusedByConditions } from '../restricted-join.ts'
import type { FoundRoom } from '../room-state.ts'
import type { ReceivingContext } from './context.ts'
import { roomForOthers } from './room-for-others.ts'

/** What servers know that do not say which room versions they know. */
const unsaidVersions = ['1']

export async function membershipTemplate(
  { roomId, userId, membership, server, versions = unsaidVersions }: RequestTo<'queryMembershipTemplate'>,
  context: ReceivingContext,
): Promise<ResponseFrom<'queryMembershipTemplate'>> {
  if (!isUserId(userId)) throw new RoomServerError('M_INVALID_PARAM', `${JSON.stringify(userId)} is no user ID`)
  if (serverNameOf(userId) !== server) throw new RoomServerError('M_FORBIDDEN', `${userId} is no user of ${server}`)
  const room = await roomForOthers(roomId, server, context)
  const { version: roomVersion } = room.rules
  if (membership !== 'leave' && !versions.includes(roomVersion))
    throw new RoomServerError('M_INCOMPATIBLE_ROOM_VERSION', `room ${roomId} is of version ${roomVersion}`, {
      roomVersion,
    })
  const authorised = membership === 'join' ? await authoriserOf(userId, room, context) : {}
  const draft: EventDraft = {
    ...{ type: 'm.room.member', sender: userId, stateKey: userId },
    content: { ...authorised, membership },
  }
  const { event } = await context.input.propose(roomId, draft, { origin: server, signedElsewhere: true })
  // The event ID, in the versions that have one, is for the sender's server to choose.
  const { hashes: _, signatures: __, event_id: ___, ...template } = event.json
  return { roomVersion, event: canonicalJson(template as JsonObject) }
}

/** Who of this server lets the user in, where the room has conditions. @throws {RoomServerError} where none does */
async function authoriserOf(
  userId: Parameters<typeof lookAtConditions>[0],
  room: FoundRoom,
  context: ReceivingContext,
): Promise<JsonObject> {
  const conditions = await lookAtConditions(userId, room, context)
  if (conditions === undefined) return {}
  if (conditions.authorisedVia === undefined) throw refusedByConditions(userId, room.row.roomId, conditions)
  return { join_authorised_via_users_server: conditions.authorisedVia }
}
