/**
 * GET /rooms/{roomId}/timestamp_to_event. Client-server API, "Getting events for a room".
 */
import { Type } from 'typebox'
import { endpoint, v1 } from '../endpoint.ts'
import { viewOf } from './room-view.ts'
import { direction } from './schemas.ts'

export const timestampToEvent = endpoint(
  {
    method: 'GET',
    at: v1,
    path: '/rooms/{roomId}/timestamp_to_event',
    access: 'user',
    query: Type.Object({ ts: Type.Integer({ minimum: 0 }), dir: direction }),
    response: Type.Object({ event_id: Type.String(), origin_server_ts: Type.Integer() }),
  },
  async ({ context, caller, parameters, query }) => {
    const { roomId } = parameters
    await viewOf(context, roomId, caller.userId)
    const { eventId, timestamp } = await context.roomServer.queryEventNearTime({
      ...{ roomId, timestamp: query.ts },
      direction: query.dir === 'f' ? 'forwards' : 'backwards',
    })
    return { event_id: eventId, origin_server_ts: timestamp }
  },
)
