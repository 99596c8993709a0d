/**
 * Taking a room away with everything that only it needs. It goes on after a crash: see `resumePurges`.
 */
import { noSuchRoom, type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { purgedOutput } from '../output/index.ts'
import type { RoomNid } from '../types/index.ts'
import type { PerformContext } from './context.ts'
import { evacuateRoom } from './evacuate.ts'
import { findRoom } from './room-state.ts'

/** Rows taken away in one write: other rooms' writes wait for it some milliseconds. */
const rowsAtOnce = 500
const pageRooms = 100

export async function purgeRoom(
  { roomId, evacuate = true }: RequestTo<'adminPurgeRoom'>,
  context: PerformContext,
): Promise<ResponseFrom<'adminPurgeRoom'>> {
  const room = await findRoom(roomId, context)
  if (room !== undefined && evacuate) {
    const { failed } = await evacuateRoom({ roomId }, context)
    if (failed.length > 0)
      throw new RoomServerError('M_BAD_STATE', `room ${roomId} cannot be purged: ${failed.join(', ')} cannot leave it`)
  }
  const nid = await context.input.beginPurge(roomId, rowsAtOnce)
  if (nid === undefined) throw noSuchRoom(roomId)
  await goOn(nid, context)
  return {}
}

/** Ends the purges that a crash has interrupted. */
export async function resumePurges(context: PerformContext): Promise<void> {
  for (let after: RoomNid | 0 = 0; ; ) {
    const rooms = await context.storage.reader.purgingRooms(after, pageRooms)
    for (const { room, roomId } of rooms) {
      // Whether it was told of before the crash is not known.
      await context.storage.change([purgedOutput(roomId)])
      await goOn(room, context)
    }
    const last = rooms.at(-1)
    if (last === undefined || rooms.length < pageRooms) return
    after = last.room
  }
}

async function goOn(room: RoomNid, { storage, runtime }: Pick<PerformContext, 'storage' | 'runtime'>): Promise<void> {
  while ((await storage.purge(room, rowsAtOnce)) === 'more') await runtime.timers.yieldNow()
}
