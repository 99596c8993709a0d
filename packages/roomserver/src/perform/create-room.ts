/**
 * Creating a room. Client-server API, "POST /createRoom".
 */
import { belongsTo, defaultRoomVersion, serverNameOfAlias, type UserId } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import type { PerformContext } from './context.ts'
import { type CreateRoomWish, invitesOf, roomEvents } from './create-room-plan.ts'
import { aliasOf, localUser, supportedVersion, userIdOf } from './names.ts'
import { makeRoom, type RoomPlan, takeRoom } from './open-room.ts'

export async function createRoom(
  request: RequestTo<'performCreateRoom'>,
  context: PerformContext,
): Promise<ResponseFrom<'performCreateRoom'>> {
  const wish = wishOf(request, context)
  const isLocal = ({ stateKey }: { readonly stateKey: string }) => belongsTo(stateKey as UserId, context.serverName)
  const invites = invitesOf(wish)
  const plan: RoomPlan = {
    creator: wish.creator,
    rules: wish.rules,
    events: [...roomEvents(wish), ...invites.filter(isLocal)],
    mustBeAllowed: invites.filter(invite => !isLocal(invite)),
    timestamp: request.timestamp,
  }
  const made = await makeRoom(plan, context)
  await takeRoom(made, context)
  return { roomId: made.roomId, notInvited: [] }
}

function wishOf(request: RequestTo<'performCreateRoom'>, context: PerformContext): CreateRoomWish {
  const { serverName } = context
  const { aliasLocalpart } = request
  const alias = aliasLocalpart === undefined ? undefined : aliasOf(`#${aliasLocalpart}:${serverName}`)
  // A colon in the localpart would begin the server name.
  if (alias !== undefined && serverNameOfAlias(alias) !== serverName)
    throw new RoomServerError(
      'M_INVALID_PARAM',
      `${JSON.stringify(aliasLocalpart)} cannot be the local part of an alias`,
    )
  return {
    request,
    creator: localUser(request.creator, context),
    invitees: [...new Set((request.invite ?? []).map(userIdOf))],
    alias,
    rules: supportedVersion(request.roomVersion ?? defaultRoomVersion),
  }
}
