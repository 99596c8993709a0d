/**
 * GET and PUT /presence/{userId}/status. Client-server API, "Presence".
 */
import { Type } from 'typebox'
import { mustBeOwn } from '../authenticate.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { forbidden } from '../errors.ts'
import { empty } from '../schemas.ts'
import { presenceContent, sharersOf } from './presence-content.ts'

const path = '/presence/{userId}/status'

export const presenceState = Type.Union([Type.Literal('online'), Type.Literal('offline'), Type.Literal('unavailable')])

export const presence = endpoint(
  {
    method: 'GET',
    at: v3,
    path,
    access: 'user',
    response: Type.Object({
      presence: presenceState,
      last_active_ago: Type.Optional(Type.Integer()),
      status_msg: Type.Optional(Type.String()),
      currently_active: Type.Optional(Type.Boolean()),
    }),
  },
  async ({ context, caller, parameters }) => {
    const { userId } = parameters
    if (userId !== caller.userId && (await sharersOf(context, caller.userId, [userId])).length === 0)
      throw forbidden(`you share no room with ${userId}`)
    return presenceContent(context, userId)
  },
)

export const setPresence = endpoint(
  {
    method: 'PUT',
    at: v3,
    path,
    access: 'user',
    body: Type.Object({ presence: presenceState, status_msg: Type.Optional(Type.String({ maxLength: 1_000 })) }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    mustBeOwn(caller, parameters.userId)
    const { userId } = caller
    if (context.presence.set(userId, body.presence, body.status_msg))
      await context.passing.tell({ kind: 'presence', userId })
    return {}
  },
)
