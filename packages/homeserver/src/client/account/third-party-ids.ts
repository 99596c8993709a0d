/**
 * GET /account/3pid: addresses that belong to an account. None can be added here (`m.3pid_changes` in the capabilities). Client-server
 * API, "Adding Account Administrative Contact Information".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { anyObject } from '../schemas.ts'

export const thirdPartyIds = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/account/3pid',
    access: 'user',
    response: Type.Object({ threepids: Type.Array(anyObject) }),
  },
  () => ({ threepids: [] }),
)
