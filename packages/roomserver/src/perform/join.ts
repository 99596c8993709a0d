/**
 * Joining a room: here, where a user of this server is in it and the rules let the user in, else through other servers. Client-server
 * API, "Joining rooms", "Restricted rooms"; server-server API, "Joining Rooms".
 */
import { canonicalJson, type JsonObject, type RoomId, type ServerName, type UserId } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { refuseBlocked } from './blocked-rooms.ts'
import type { PerformContext } from './context.ts'
import { changeMembership } from './membership.ts'
import { localUser } from './names.ts'
import { networkOf } from './network.ts'
import type { TransactionId } from './own-event.ts'
import { resolveRoom } from './resolve-room.ts'
import { lookAtConditions, refusedByConditions } from './restricted-join.ts'
import { type FoundRoom, findRoom, isResident, stateEntries } from './room-state.ts'
import { serversToAsk } from './servers-to-ask.ts'

interface Wish {
  readonly roomId: RoomId
  readonly userId: UserId
  /** Undefined: the caller does not mind. Without the keys that are not the caller’s to set. */
  readonly content: JsonObject | undefined
  readonly servers: readonly ServerName[]
  readonly exceedsLimits: boolean
  readonly transactionId: TransactionId
}

type Joined = ResponseFrom<'performJoin'>

export async function join(request: RequestTo<'performJoin'>, context: PerformContext): Promise<Joined> {
  const userId = localUser(request.userId, context)
  const { roomId, servers: named } = await resolveRoom(request.roomIdOrAlias, request.via, context)
  await refuseBlocked(roomId, context)
  await context.spamGuard.refuseSpam('join', { roomId, userId })
  const content = request.content === undefined ? undefined : own(request.content as JsonObject)
  const servers = await serversToAsk(roomId, userId, named, context)
  const { exceedsLimits = false, transactionId } = request
  const wish: Wish = { roomId, userId, content, servers, exceedsLimits, transactionId }
  const room = await findRoom(roomId, context)
  if (room === undefined || !(await isResident(room, context))) return joinElsewhere(wish, context)
  return joinHere(wish, room, context)
}

async function joinHere(wish: Wish, room: FoundRoom, context: PerformContext): Promise<Joined> {
  const { roomId, userId, content = {}, transactionId } = wish
  if (await isJoinedAlready(wish, room, context)) return { roomId }
  const conditions = await lookAtConditions(userId, room, context)
  const authorisedVia = conditions?.authorisedVia
  if (conditions !== undefined && authorisedVia === undefined) {
    // Another server may be in the rooms that the conditions name, or have a user who may invite.
    const mayElsewhere = conditions.allowed || !conditions.resident
    if (mayElsewhere && context.network !== undefined) return joinElsewhere(wish, context)
    throw refusedByConditions(userId, roomId, conditions)
  }
  const authorised = authorisedVia === undefined ? {} : { join_authorised_via_users_server: authorisedVia }
  const change = { roomId, sender: userId, target: userId, membership: 'join', transactionId } as const
  const eventId = await changeMembership({ ...change, content: { ...content, ...authorised } }, context)
  await remember(wish, context)
  return { roomId, eventId }
}

async function joinElsewhere(wish: Wish, context: PerformContext): Promise<Joined> {
  const { roomId, userId, content = {}, servers, exceedsLimits } = wish
  if (servers.length === 0)
    throw new RoomServerError(
      'M_NOT_FOUND',
      `${userId} cannot join ${roomId}: it is not known here, nor a server in it`,
    )
  const network = networkOf(context, `${userId} wants to join ${roomId}`)
  const joined = await network.join({ roomId, userId, content, via: servers, exceedsLimits })
  await remember(wish, context)
  return { roomId, ...joined }
}

/** Who comes back is shown the room again, also once they leave the next time. */
async function remember({ roomId, userId: user }: Wish, { storage }: PerformContext): Promise<void> {
  if (await storage.reader.isForgotten(roomId, user)) await storage.change([{ kind: 'remember', user, roomId }])
}

/** Joined, and called what the caller wants to be called. By whose authority makes no difference afterwards. */
async function isJoinedAlready({ userId, content }: Wish, room: FoundRoom, context: PerformContext): Promise<boolean> {
  const [member] = await stateEntries([['m.room.member', userId]], room, context)
  if (member?.content['membership'] !== 'join') return false
  return content === undefined || canonicalJson(own(member.content)) === canonicalJson(content)
}

/** The content without what is not the user’s to say. */
function own(content: JsonObject): JsonObject {
  const { membership: _, join_authorised_via_users_server: __, ...rest } = content
  return rest
}
