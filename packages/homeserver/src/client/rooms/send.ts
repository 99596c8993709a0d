/**
 * PUT /rooms/{roomId}/send/{eventType}/{txnId}. Client-server API, "Sending events to a room".
 */
import { endpoint, v3 } from '../endpoint.ts'
import { anyObject } from '../schemas.ts'
import { sent } from './schemas.ts'
import { sendOnce } from './send-once.ts'

export const send = endpoint(
  {
    method: 'PUT',
    at: v3,
    path: '/rooms/{roomId}/send/{eventType}/{txnId}',
    access: 'user',
    notWhileSuspended: true,
    body: anyObject,
    response: sent,
  },
  async ({ context, caller, parameters, body }) => {
    const { roomId, eventType: type, txnId } = parameters
    const redacts =
      type === 'm.room.redaction' && typeof body['redacts'] === 'string' ? { redacts: body['redacts'] } : {}
    return { event_id: await sendOnce(context, caller, roomId, { type, content: body, ...redacts }, txnId) }
  },
)
