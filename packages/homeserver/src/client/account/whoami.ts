/**
 * GET /account/whoami. Client-server API, "Current account information".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'

export const whoami = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/account/whoami',
    access: 'user',
    response: Type.Object({
      user_id: Type.String(),
      device_id: Type.Optional(Type.String()),
      is_guest: Type.Boolean(),
    }),
  },
  ({ caller }) => ({
    user_id: caller.userId,
    ...(caller.deviceId === undefined ? {} : { device_id: caller.deviceId }),
    is_guest: false,
  }),
)
