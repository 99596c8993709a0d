/**
 * Making local users leave: all of a room's, or one of all rooms.
 */
import { belongsTo, type UserId } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { RoomQueueFull } from '../input/room-queues.ts'
import type { RoomNid } from '../types/index.ts'
import type { PerformContext } from './context.ts'
import { leave } from './leave.ts'
import { userIdOf } from './names.ts'
import { existingRoom, type FoundRoom, members } from './room-state.ts'

/** Rows read at once. */
const pageRows = 500
/** Those in which a user has something to leave. */
const inRoom = ['join', 'invite', 'knock'] as const

export async function evacuateRoom(
  { roomId, reason }: RequestTo<'adminEvacuateRoom'>,
  context: PerformContext,
): Promise<ResponseFrom<'adminEvacuateRoom'>> {
  const room = await existingRoom(roomId, context)
  const left: string[] = []
  const failed: string[] = []
  for (const userId of await localMembers(room, context))
    ((await hasLeft(roomId, userId, reason, context)) ? left : failed).push(userId)
  return { left, failed }
}

export async function evacuateUser(
  { userId, reason }: RequestTo<'adminEvacuateUser'>,
  context: PerformContext,
): Promise<ResponseFrom<'adminEvacuateUser'>> {
  const user = ownUser(userId, context)
  const left: string[] = []
  const failed: string[] = []
  for (const roomId of new Set(await roomsOf(user, context)))
    ((await hasLeft(roomId, user, reason, context)) ? left : failed).push(roomId)
  return { left, failed }
}

/** @throws {RoomServerError} `M_INVALID_PARAM` where it is no user of this server */
function ownUser(userId: string, { serverName }: PerformContext): UserId {
  const user = userIdOf(userId)
  if (belongsTo(user, serverName)) return user
  throw new RoomServerError('M_INVALID_PARAM', `${userId} is no user of this server, which is ${serverName}`)
}

/** All of them before any leaves: a list that is read while it shrinks skips some. */
async function localMembers(room: FoundRoom, context: PerformContext): Promise<UserId[]> {
  const users: UserId[] = []
  for (const membership of inRoom)
    for await (const page of members(membership, room, context))
      users.push(...page.map(({ userId }) => userId).filter(userId => belongsTo(userId, context.serverName)))
  return users
}

async function roomsOf(userId: UserId, { storage: { reader } }: PerformContext): Promise<string[]> {
  const rooms: string[] = []
  const user = (await reader.stateKeyNids([userId])).get(userId)
  for (const membership of user === undefined ? [] : inRoom)
    for (let after: RoomNid | 0 = 0; ; ) {
      const page = await reader.membershipsOfUser(user as NonNullable<typeof user>, membership, after, pageRows)
      for (const { room } of page) {
        const row = await reader.roomByNid(room)
        if (row !== undefined) rooms.push(row.roomId)
      }
      const last = page.at(-1)
      if (last === undefined || page.length < pageRows) break
      after = last.room
    }
  for (let after = ''; ; ) {
    const page = await reader.invitesOfUser(userId, after, pageRows)
    rooms.push(...page.map(({ roomId }) => roomId))
    const last = page.at(-1)
    if (last === undefined || page.length < pageRows) return rooms
    after = last.roomId
  }
}

async function hasLeft(
  roomId: string,
  userId: UserId,
  reason: string | undefined,
  context: PerformContext,
): Promise<boolean> {
  try {
    await leave({ roomId, userId, ...(reason === undefined ? {} : { reason }) }, context)
    return true
  } catch (error) {
    if (error instanceof RoomServerError || error instanceof RoomQueueFull) return false
    throw error
  }
}
