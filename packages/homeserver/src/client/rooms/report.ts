/**
 * POST /rooms/{roomId}/report and /rooms/{roomId}/report/{eventId}. Client-server API, "Reporting Content".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { notFound } from '../errors.ts'
import { visibleOf } from '../events/visible.ts'
import { empty } from '../schemas.ts'
import { reason } from './schemas.ts'

export const reportRoom = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/rooms/{roomId}/report',
    access: 'user',
    body: Type.Object({ reason }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { roomId } = parameters
    await context.roomServer.adminReport({ roomId, reporter: caller.userId, reason: body.reason ?? '' })
    return {}
  },
)

export const reportEvent = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/rooms/{roomId}/report/{eventId}',
    access: 'user',
    body: Type.Object({ reason, score: Type.Optional(Type.Integer({ minimum: -100, maximum: 0 })) }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { roomId, eventId } = parameters
    if ((await visibleOf(context, roomId, caller.userId, [{ eventId }])).length === 0)
      throw notFound(`there is no event ${eventId} in room ${roomId} that you may see`)
    await context.roomServer.adminReport({
      ...{ roomId, eventId, reporter: caller.userId, reason: body.reason ?? '' },
      ...(body.score === undefined ? {} : { score: body.score }),
    })
    return {}
  },
)
