/**
 * Things that only members of a room do.
 */
import { RoomServerError } from '@neurite/roomserver/api'
import type { ClientContext } from '../context.ts'
import { forbidden } from '../errors.ts'

/** @throws {ClientError} `M_FORBIDDEN` where the user is not joined, or there is no such room */
export async function mustBeJoined({ roomServer }: ClientContext, roomId: string, userId: string): Promise<void> {
  try {
    const { membership } = await roomServer.queryMembership({ roomId, userId })
    if (membership === 'join') return
  } catch (error) {
    // Which rooms there are is nothing for strangers to know.
    if (!(error instanceof RoomServerError && error.errcode === 'M_NOT_FOUND')) throw error
  }
  throw forbidden(`you are not in room ${roomId}`)
}
