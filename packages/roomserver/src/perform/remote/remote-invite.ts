/**
 * Taking the invite of a local user by a user of another server, and signing it. Where this server is in the room the event comes to it
 * like any other; where it is not the invite is kept aside, with what the other server says of the room. Server-server API, "Inviting to
 * a room".
 */
import { belongsTo, isUserId, type RoomEvent, roomVersions, type UserId } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../../api/index.ts'
import { refuseBlocked } from '../blocked-rooms.ts'
import { type FoundRoom, findRoom, membershipOf } from '../room-state.ts'
import { refuseUnwantedInvite } from '../unwanted-invite.ts'
import type { ReceivingContext } from './context.ts'
import { keepOutsideInvite } from './outside-invite.ts'
import { refuseByAcl } from './room-for-others.ts'
import { type OutlineEntry, readEntries } from './room-outline.ts'
import { readMembership, withOurSignature } from './sent-membership.ts'

export async function remoteInvite(
  request: RequestTo<'performRemoteInvite'>,
  context: ReceivingContext,
): Promise<ResponseFrom<'performRemoteInvite'>> {
  const { roomId, roomVersion, server, roomState } = request
  const rules = roomVersions.get(roomVersion)
  if (rules === undefined)
    throw new RoomServerError('M_INCOMPATIBLE_ROOM_VERSION', `room version ${roomVersion} is not supported`, {
      roomVersion,
    })
  // Before anything of the event is read: a server that is refused learns nothing else.
  const room = await findRoom(roomId, context)
  if (room !== undefined) await refuseByAcl(server, room, context)
  const event = readMembership(request, 'invite', rules, context)
  const user = invitedUser(event, context)
  await refuseBlocked(roomId, context)
  await refuseForged(event, server, context)
  await refuseUnwantedInvite({ roomId, inviter: event.sender, invitee: user }, context)
  const entries = readEntries(roomState, event, context)
  if (rules.auth.createImpliedByRoomId) refuseWithoutCreate(entries, event)
  const pdu = withOurSignature(event, context)
  if (room !== undefined && (await isHere(user, room, context))) return { event: pdu }
  const outline = entries.map(({ stripped }) => stripped).filter(stripped => stripped !== undefined)
  await keepOutsideInvite({ kind: 'invite', user, event, pdu, outline }, context)
  return { event: pdu }
}

function invitedUser({ stateKey }: RoomEvent, { serverName }: ReceivingContext): UserId {
  if (isUserId(stateKey) && belongsTo(stateKey, serverName)) return stateKey
  throw new RoomServerError('M_INVALID_PARAM', `${stateKey} is no user of this server, which is ${serverName}`)
}

async function refuseForged(event: RoomEvent, server: string, { signatures }: ReceivingContext): Promise<void> {
  const verdict = await signatures.verify(event)
  if (verdict.kind === 'valid') return
  throw new RoomServerError('M_FORBIDDEN', `the invite by ${server} is not validly signed: ${verdict.reason}`)
}

/** Who created the room decides what its ID stands for: without the event nobody can tell what the invite is for. */
function refuseWithoutCreate(entries: readonly OutlineEntry[], { roomId }: RoomEvent): void {
  const wrong = entries.find(({ event }) => event === undefined)
  if (wrong !== undefined)
    throw new RoomServerError('M_MISSING_PARAM', `an entry of the state of ${roomId} is no event of it`)
  if (entries.some(({ event }) => event?.type === 'm.room.create' && event.stateKey === '')) return
  throw new RoomServerError('M_MISSING_PARAM', `the create event of ${roomId} did not come with the invite`)
}

/** Whether this server is in the room. @throws {RoomServerError} `M_FORBIDDEN` where the user is, or may not be */
async function isHere(user: UserId, room: FoundRoom, context: ReceivingContext): Promise<boolean> {
  if ((await context.storage.reader.joinedMembersOfServer(room.row.room, context.serverName)) === 0) return false
  const membership = (await membershipOf(user, room, context))?.membership
  if (membership === 'join' || membership === 'ban')
    throw new RoomServerError(
      'M_FORBIDDEN',
      `${user} is ${membership === 'join' ? 'in' : 'banned from'} room ${room.row.roomId}`,
    )
  return true
}
