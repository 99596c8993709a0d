/**
 * GET /login: how one can log in. Client-server API, "Login".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'

export const loginFlows = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/login',
    access: 'anyone',
    response: Type.Object({ flows: Type.Array(Type.Object({ type: Type.String() })) }),
  },
  () => ({ flows: [{ type: 'm.login.password' }] }),
)
