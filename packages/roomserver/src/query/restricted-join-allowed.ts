/**
 * Whether a restricted room lets a user in by one of its conditions, and who may authorise the join. The conditions: auth/restricted-join.ts.
 */

import { AuthState, belongsTo, type UserId } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { isRestricted, restrictedJoin } from '../auth/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, type FoundRoom, findRoom, roomOf } from './find-room.ts'
import { membersOf } from './member-events.ts'
import { entriesAt } from './state-entries.ts'

export async function restrictedJoinAllowed(
  request: RequestTo<'queryRestrictedJoinAllowed'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryRestrictedJoinAllowed'>> {
  const { roomId, userId } = request
  const room = await roomOf(roomId, context)
  const tuples = ['m.room.create', 'm.room.power_levels', 'm.room.join_rules'].map((type): [string, string] => [
    type,
    '',
  ])
  const entries = await entriesAt(tuples, await currentState(room, context), context)
  const state = new AuthState(
    (type, stateKey) => (stateKey === '' ? entries[tuples.findIndex(([one]) => one === type)] : undefined),
    room.rules.auth,
  )
  const restricted = isRestricted(state, room.rules)
  if (!restricted) return { restricted, resident: true, allowed: false }
  const { resident, allowed, authorisedVia } = await restrictedJoin(userId as UserId, {
    ...{ rules: room.rules, state },
    isLocal: user => belongsTo(user, context.serverName),
    isJoined: async user => (await membershipIn(room, user, context)) === 'join',
    anyLocalMember: () => anyLocalMember(room, context),
    isJoinedIn: (other, user) => isJoinedIn(other, user, context),
  })
  return { restricted, resident, allowed, ...(authorisedVia === undefined ? {} : { authorisedVia }) }
}

async function membershipIn({ row }: FoundRoom, userId: string, { reader }: QueryContext): Promise<string | undefined> {
  const user = (await reader.stateKeyNids([userId])).get(userId)
  return user === undefined ? undefined : (await reader.membership(row.room, user))?.membership
}

async function anyLocalMember(room: FoundRoom, context: QueryContext): Promise<UserId | undefined> {
  for await (const page of membersOf(room, 'join', context)) {
    const local = page.find(({ userId }) => belongsTo(userId as UserId, context.serverName))
    if (local !== undefined) return local.userId as UserId
  }
  return undefined
}

/** Undefined: this server is not in the room, and cannot tell. */
async function isJoinedIn(roomId: string, userId: string, context: QueryContext): Promise<boolean | undefined> {
  const room = await findRoom(roomId, context)
  if (room === undefined) return undefined
  if ((await context.reader.joinedMembersOfServer(room.row.room, context.serverName)) === 0) return undefined
  return (await membershipIn(room, userId, context)) === 'join'
}
