/**
 * Rooms that the operator has blocked, or is taking away: nobody here may join them or send to them. Leaving stays possible.
 */
import { RoomServerError } from '../api/index.ts'
import type { PerformContext } from './context.ts'

/** @throws {RoomServerError} `M_FORBIDDEN` */
export async function refuseBlocked(roomId: string, { storage, purges }: PerformContext): Promise<void> {
  if (purges.isUnderWay(roomId)) throw new RoomServerError('M_FORBIDDEN', `room ${roomId} is being purged`)
  const blocked = await storage.reader.blockedRoom(roomId)
  if (blocked !== undefined) throw new RoomServerError('M_FORBIDDEN', `room ${roomId} is blocked on this server`)
}
