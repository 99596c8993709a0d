/**
 * POST /rooms/{roomId}/forget. Client-server API, "Leaving rooms".
 */
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError } from '../errors.ts'
import { empty } from '../schemas.ts'

export const forget = endpoint(
  { method: 'POST', at: v3, path: '/rooms/{roomId}/forget', access: 'user', response: empty },
  async ({ context, caller, parameters }) => {
    const { roomServer } = context
    const { userId } = caller
    const { roomId } = parameters
    const { membership } = await roomServer.queryMembership({ roomId, userId })
    if (membership !== undefined && membership !== 'leave' && membership !== 'ban')
      throw new ClientError('M_UNKNOWN', `you have not left room ${roomId}`, { status: 400 })
    await roomServer.performForget({ roomId, userId })
    return {}
  },
)
