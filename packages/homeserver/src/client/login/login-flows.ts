/**
 * GET /login: how one can log in. Client-server API, "Login".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'

/** How application services log their users in, and register them: by their own token. */
export const applicationServiceType = 'm.login.application_service'

export const loginFlows = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/login',
    access: 'anyone',
    response: Type.Object({ flows: Type.Array(Type.Object({ type: Type.String() })) }),
  },
  ({ context }) => ({
    flows: [
      { type: 'm.login.password' },
      ...(context.applicationServices.all.length === 0 ? [] : [{ type: applicationServiceType }]),
    ],
  }),
)
