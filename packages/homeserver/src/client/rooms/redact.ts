/**
 * PUT /rooms/{roomId}/redact/{eventId}/{txnId}. Client-server API, "Redactions".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { reason, sent } from './schemas.ts'
import { sendOnce } from './send-once.ts'

export const redact = endpoint(
  {
    method: 'PUT',
    at: v3,
    path: '/rooms/{roomId}/redact/{eventId}/{txnId}',
    access: 'user',
    body: Type.Object({ reason }),
    response: sent,
  },
  async ({ context, caller, parameters, body }) => {
    const { roomId, eventId: redacts, txnId } = parameters
    const why = body.reason === undefined ? {} : { reason: body.reason }
    // Where the room version has the target is for the room server to know.
    const draft = { type: 'm.room.redaction', content: why, redacts }
    return { event_id: await sendOnce(context, caller, roomId, draft, txnId) }
  },
)
