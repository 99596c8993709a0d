/**
 * PUT /rooms/{roomId}/typing/{userId}. Client-server API, "Typing Notifications".
 */
import { Type } from 'typebox'
import { mustBeOwn } from '../authenticate.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { empty } from '../schemas.ts'
import { mustBeJoined } from './must-be-joined.ts'

/** Milliseconds: where the client names none, and the most that it may name. */
const defaultTimeout = 30_000
const maxTimeout = 120_000

export const typing = endpoint(
  {
    method: 'PUT',
    at: v3,
    path: '/rooms/{roomId}/typing/{userId}',
    access: 'user',
    notWhileSuspended: true,
    body: Type.Object({ typing: Type.Boolean(), timeout: Type.Optional(Type.Integer({ minimum: 0 })) }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { roomId } = parameters
    const { userId } = caller
    mustBeOwn(caller, parameters.userId)
    await mustBeJoined(context, roomId, userId)
    const timeout = Math.min(body.timeout ?? defaultTimeout, maxTimeout)
    context.typing.set(roomId, userId, body.typing ? timeout : undefined)
    await context.passing.tell({ kind: 'typing', roomId, userId, typing: body.typing })
    return {}
  },
)
