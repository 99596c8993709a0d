/**
 * GET /rooms/{roomId}/event/{eventId}. Client-server API, "Getting events for a room".
 */
import { endpoint, v3 } from '../endpoint.ts'
import { notFound } from '../errors.ts'
import { clientEvents } from '../events/client-event.ts'
import { visibleOf } from '../events/visible.ts'
import { clientEvent } from './schemas.ts'

export const event = endpoint(
  { method: 'GET', at: v3, path: '/rooms/{roomId}/event/{eventId}', access: 'user', response: clientEvent },
  async ({ context, caller, parameters }) => {
    const { roomId, eventId } = parameters
    await context.rooms.catchUp()
    const visible = await visibleOf(context, roomId, caller.userId, [{ eventId }])
    const [found] = visible.length === 0 ? [] : await clientEvents(context, roomId, [eventId], caller)
    if (found === undefined) throw notFound(`there is no event ${eventId} in room ${roomId} that you may see`)
    return found as never
  },
)
