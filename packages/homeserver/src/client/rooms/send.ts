/**
 * PUT /rooms/{roomId}/send/{eventType}/{txnId}. Client-server API, "Sending events to a room".
 */
import { Type } from 'typebox'
import { timestampOf, withTimestamp } from '../application-services/timestamp.ts'
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
    query: Type.Object(withTimestamp),
    body: anyObject,
    response: sent,
  },
  async ({ context, caller, parameters, query, body }) => {
    const { roomId, eventType: type, txnId } = parameters
    const redacts =
      type === 'm.room.redaction' && typeof body['redacts'] === 'string' ? { redacts: body['redacts'] } : {}
    const draft = { type, content: body, ...redacts, ...timestampOf(caller, query) }
    return { event_id: await sendOnce(context, caller, roomId, draft, txnId) }
  },
)
