/**
 * Who may decide how a room is found: members who may set its canonical alias. The specification leaves it to the server.
 */
import type { UserId } from '@neurite/protocol'
import { RoomServerError } from '../api/index.ts'
import type { PerformContext } from './context.ts'
import { authStateFor, type FoundRoom } from './room-state.ts'

export async function maySetCanonicalAlias(user: UserId, room: FoundRoom, context: PerformContext): Promise<boolean> {
  const state = await authStateFor([user], room, context)
  if (state.membership(user).value !== 'join') return false
  return state.powerLevelOf(user) >= state.requiredLevel('m.room.canonical_alias', true)
}

/** @throws {RoomServerError} `M_FORBIDDEN` */
export async function refuseForeignHand(
  user: UserId,
  room: FoundRoom,
  wish: string,
  context: PerformContext,
): Promise<void> {
  if (await maySetCanonicalAlias(user, room, context)) return
  throw new RoomServerError(
    'M_FORBIDDEN',
    `${user} may not ${wish} ${room.row.roomId}: that takes a member who may set the canonical alias`,
  )
}
