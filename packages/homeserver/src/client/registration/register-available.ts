/**
 * GET /register/available: whether a name is free. Client-server API, "Account registration".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { registrationFlows } from './register.ts'
import { freeUserId } from './usernames.ts'

export const registerAvailable = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/register/available',
    access: 'anyone',
    limit: 'registration',
    query: Type.Object({ username: Type.String() }),
    response: Type.Object({ available: Type.Boolean() }),
  },
  ({ context, query }) => {
    registrationFlows(context)
    freeUserId(context, query.username)
    return { available: true }
  },
)
