/**
 * GET /voip/turnServer. Client-server API, "Voice over IP". There is no TURN server to tell of: clients take the empty answer so.
 */
import { endpoint, v3 } from '../endpoint.ts'
import { empty } from '../schemas.ts'

export const turnServer = endpoint(
  { method: 'GET', at: v3, path: '/voip/turnServer', access: 'user', response: empty },
  () => ({}),
)
