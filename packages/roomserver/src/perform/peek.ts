/**
 * Looking into a world-readable room without joining it, by a user of this server. MSC2753.
 */
import type { RoomId, ServerName } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { historyVisibility } from '../auth/index.ts'
import { refuseBlocked } from './blocked-rooms.ts'
import { changeAndTell } from './change-and-tell.ts'
import type { PerformContext } from './context.ts'
import { localUser } from './names.ts'
import { networkOf } from './network.ts'
import { resolveRoom } from './resolve-room.ts'
import { type FoundRoom, findRoom, isResident, stateEntries } from './room-state.ts'

export async function peek(
  request: RequestTo<'performPeek'>,
  context: PerformContext,
): Promise<ResponseFrom<'performPeek'>> {
  const { device, end = false, via } = request
  const user = localUser(request.userId, context)
  const { roomId, servers } = await resolveRoom(request.roomId, via, context)
  const row = { roomId, user, device }
  if (end) {
    await changeAndTell(roomId, [{ kind: 'remove-peek', ...row }], { kind: 'peek-retired', user, device }, context)
    await followNoLonger(roomId, servers, context)
    return { roomId }
  }
  await refuseBlocked(roomId, context)
  const room = await findRoom(roomId, context)
  if (room === undefined || !(await isResident(room, context)))
    await networkOf(context, `${user} wants to look into ${roomId}`).peek(roomId, false, servers)
  else await refuseUnlessReadable(user, room, context)
  await changeAndTell(roomId, [{ kind: 'put-peek', ...row }], { kind: 'peek', user, device }, context)
  return { roomId }
}

/** Once nobody here looks into a room of others any more, they need not send its events. It may be over on their side already. */
async function followNoLonger(roomId: RoomId, servers: readonly ServerName[], context: PerformContext): Promise<void> {
  const { network, storage } = context
  if (network === undefined || (await storage.reader.peeksOfRoom(roomId, undefined, 1)).length > 0) return
  const room = await findRoom(roomId, context)
  if (room !== undefined && (await isResident(room, context))) return
  try {
    await network.peek(roomId, true, servers)
  } catch (error) {
    if (!(error instanceof RoomServerError)) throw error
  }
}

/** @throws {RoomServerError} `M_FORBIDDEN` */
export async function refuseUnlessReadable(who: string, room: FoundRoom, context: PerformContext): Promise<void> {
  const [event] = await stateEntries([['m.room.history_visibility', '']], room, context)
  if (historyVisibility(event?.content['history_visibility']) === 'world_readable') return
  throw new RoomServerError('M_FORBIDDEN', `${who} may not look into ${room.row.roomId}: it is not world-readable`)
}
