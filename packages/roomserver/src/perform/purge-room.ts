/**
 * Taking a room away with everything that only it needs. The steps, and what happens in between: input/room-purges.ts.
 */
import { noSuchRoom, type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import type { PerformContext } from './context.ts'
import { evacuateRoom } from './evacuate.ts'
import { findRoom } from './room-state.ts'

export async function purgeRoom(
  { roomId, evacuate = true }: RequestTo<'adminPurgeRoom'>,
  context: PerformContext,
): Promise<ResponseFrom<'adminPurgeRoom'>> {
  if (evacuate && (await findRoom(roomId, context)) !== undefined) {
    const { failed } = await evacuateRoom({ roomId }, context)
    if (failed.length > 0)
      throw new RoomServerError('M_BAD_STATE', `room ${roomId} cannot be purged: ${failed.join(', ')} cannot leave it`)
  }
  if (!(await context.purges.purge(roomId))) throw noSuchRoom(roomId)
  return {}
}
