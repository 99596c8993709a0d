/**
 * Creating a room. Client-server API, "POST /createRoom".
 */
import { belongsTo, defaultRoomVersion, type RoomAlias, serverNameOfAlias, type UserId } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { putAlias } from './aliases.ts'
import type { PerformContext } from './context.ts'
import { type CreateRoomWish, invitesOf, roomEvents } from './create-room-plan.ts'
import { invite } from './invite.ts'
import { aliasOf, localUser, supportedVersion, userIdOf } from './names.ts'
import { makeRoom, type RoomPlan, takeRoom } from './open-room.ts'
import type { PlannedEvent } from './planned-event.ts'
import { publish } from './publish.ts'
import { refuseUnwantedInvite } from './unwanted-invite.ts'

export async function createRoom(
  request: RequestTo<'performCreateRoom'>,
  context: PerformContext,
): Promise<ResponseFrom<'performCreateRoom'>> {
  const wish = wishOf(request, context)
  await context.spamGuard.refuseSpam('createRoom', request)
  const isLocal = ({ stateKey }: { readonly stateKey: string }) => belongsTo(stateKey as UserId, context.serverName)
  for (const invitee of wish.invitees.filter(user => belongsTo(user, context.serverName)))
    await refuseUnwantedInvite({ roomId: undefined, inviter: wish.creator, invitee }, context)
  const invites = invitesOf(wish)
  const plan: RoomPlan = {
    creator: wish.creator,
    rules: wish.rules,
    events: [...roomEvents(wish), ...invites.filter(isLocal)],
    mustBeAllowed: invites.filter(invite => !isLocal(invite)),
    timestamp: request.timestamp,
  }
  const { alias, creator } = wish
  if (alias !== undefined && (await context.storage.reader.alias(alias)) !== undefined) throw aliasInUse(alias)
  const made = await makeRoom(plan, context)
  const { roomId } = made
  // Before the room: so whoever else wants the alias at this moment gets no room, instead of one without its alias.
  if (alias !== undefined) await nameRoom(alias, roomId, creator, context)
  try {
    await takeRoom(made, context)
  } catch (error) {
    const isBegun = error instanceof RoomServerError && error.errcode === 'M_TIMEOUT'
    if (alias !== undefined && !isBegun) await context.storage.change([{ kind: 'remove-alias', alias }])
    throw error
  }
  if (request.visibility === 'public') await publish({ roomId, visibility: 'public' }, context)
  const notInvited = await inviteElsewhere(
    roomId,
    wish,
    invites.filter(invite => !isLocal(invite)),
    context,
  )
  return { roomId, ...(alias === undefined ? {} : { alias }), notInvited }
}

async function nameRoom(alias: RoomAlias, roomId: string, creator: UserId, context: PerformContext): Promise<void> {
  try {
    await putAlias(alias, roomId, creator, context)
  } catch (error) {
    if (error instanceof RoomServerError && error.errcode === 'M_ALIAS_IN_USE') throw aliasInUse(alias)
    throw error
  }
}

/** `/createRoom` has an errcode of its own for it. */
function aliasInUse(alias: RoomAlias): RoomServerError {
  return new RoomServerError('M_ROOM_IN_USE', `the alias ${alias} is taken`)
}

/** Users of other servers, whose servers sign the invites. The room is there, whoever of them cannot be reached. @returns those not invited */
async function inviteElsewhere(
  roomId: string,
  { creator }: CreateRoomWish,
  invites: readonly PlannedEvent[],
  context: PerformContext,
): Promise<UserId[]> {
  const notInvited: UserId[] = []
  for (const { stateKey, content } of invites) {
    const { membership: _, ...rest } = content
    try {
      await invite({ roomId, inviter: creator, invitee: stateKey, content: rest as Record<string, unknown> }, context)
    } catch (error) {
      if (!(error instanceof RoomServerError)) throw error
      notInvited.push(stateKey as UserId)
    }
  }
  return notInvited
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
