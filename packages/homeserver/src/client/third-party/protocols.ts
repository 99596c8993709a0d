/**
 * GET /thirdparty/protocols: other networks that rooms are bridged to. There are no application services here, so there are none.
 * Client-server API, "Third-party Networks".
 */
import { endpoint, v3 } from '../endpoint.ts'
import { anyObject } from '../schemas.ts'

export const thirdPartyProtocols = endpoint(
  { method: 'GET', at: v3, path: '/thirdparty/protocols', access: 'user', response: anyObject },
  () => ({}),
)
