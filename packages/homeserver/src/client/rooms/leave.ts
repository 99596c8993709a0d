/**
 * POST /rooms/{roomId}/leave. Client-server API, "Leaving rooms".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
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
    const why = body.reason === undefined ? {} : { reason: body.reason }
    await context.roomServer.performLeave({ roomId, userId: caller.userId, ...why })
    return {}
  },
)
