/**
 * Whether this server may let a user into a restricted room, and by whose authority. The conditions: auth/restricted-join.ts.
 */
import { belongsTo, type UserId } from '@neurite/protocol'
import { RoomServerError } from '../api/index.ts'
import { isRestricted, type RestrictedJoin, type RestrictedJoinRoom, restrictedJoin } from '../auth/index.ts'
import type { PerformContext } from './context.ts'
import { anyLocalMember, authStateFor, type FoundRoom, findRoom, isResident, membershipOf } from './room-state.ts'

/** @returns undefined where no condition is asked for: the join rule is another, or the user is in the room or invited already */
export async function lookAtConditions(
  userId: UserId,
  room: FoundRoom,
  context: PerformContext,
): Promise<RestrictedJoin | undefined> {
  const state = await authStateFor([userId], room, context)
  const { value } = state.membership(userId)
  if (!isRestricted(state, room.rules) || value === 'join' || value === 'invite') return undefined
  const asked: RestrictedJoinRoom = {
    rules: room.rules,
    state,
    isLocal: user => belongsTo(user, context.serverName),
    isJoined: async user => (await membershipOf(user, room, context))?.membership === 'join',
    anyLocalMember: () => anyLocalMember(room, context),
    isJoinedIn: (roomId, user) => isJoinedIn(roomId, user, context),
  }
  return restrictedJoin(userId, asked)
}

/** Why this server does not let a user in where it found nobody to say so. */
export function refusedByConditions(
  userId: string,
  roomId: string,
  { allowed, resident }: Pick<RestrictedJoin, 'allowed' | 'resident'>,
): RoomServerError {
  const who = `${userId} cannot join ${roomId} here`
  if (allowed) return new RoomServerError('M_UNABLE_TO_GRANT_JOIN', `${who}: no user of this server in it may invite`)
  if (resident) return new RoomServerError('M_FORBIDDEN', `${who}: not in any of the rooms whose members it lets in`)
  return new RoomServerError(
    'M_UNABLE_TO_AUTHORISE_JOIN',
    `${who}: this server is not in all rooms whose members it lets in`,
  )
}

async function isJoinedIn(roomId: string, userId: UserId, context: PerformContext): Promise<boolean | undefined> {
  const room = await findRoom(roomId, context)
  if (room === undefined || !(await isResident(room, context))) return undefined
  return (await membershipOf(userId, room, context))?.membership === 'join'
}
