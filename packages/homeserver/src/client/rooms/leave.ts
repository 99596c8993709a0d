/**
 * POST /rooms/{roomId}/leave. Client-server API, "Leaving rooms".
 */
import type { UserId } from '@neurite/protocol'
import { Type } from 'typebox'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError } from '../errors.ts'
import { empty } from '../schemas.ts'
import { reason } from './schemas.ts'

export const leave = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/rooms/{roomId}/leave',
    access: 'user',
    body: Type.Object({ reason }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { roomId } = parameters
    await refuseRejection(context, caller.userId, roomId)
    const why = body.reason === undefined ? {} : { reason: body.reason }
    await context.roomServer.performLeave({ roomId, userId: caller.userId, ...why })
    return {}
  },
)

/** Whoever has seen what the server says may leave the room, and is told the next thing there again. "Server Notices" */
async function refuseRejection({ tables, roomServer }: ClientContext, userId: UserId, roomId: string): Promise<void> {
  if (tables.noticeRooms.of(userId) !== roomId) return
  if ((await roomServer.queryMembership({ roomId, userId })).membership === 'invite')
    throw new ClientError('M_CANNOT_LEAVE_SERVER_NOTICE_ROOM', 'what this server tells its users cannot be rejected')
}
