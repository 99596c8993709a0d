/**
 * POST /knock/{roomIdOrAlias}. Client-server API, "Knocking on rooms".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { memberContent } from './member-content.ts'
import { reason, viaQuery } from './schemas.ts'
import { viaOf } from './via.ts'

export const knock = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/knock/{roomIdOrAlias}',
    access: 'user',
    notWhileSuspended: true,
    query: viaQuery,
    body: Type.Object({ reason }),
    response: Type.Object({ room_id: Type.String() }),
  },
  async ({ context, caller, parameters, query, body }) => {
    const { userId } = caller
    const { roomId } = await context.roomServer.performKnock({
      roomIdOrAlias: parameters.roomIdOrAlias,
      userId,
      content: { ...memberContent(context, userId) },
      ...(body.reason === undefined ? {} : { reason: body.reason }),
      ...viaOf(query),
    })
    return { room_id: roomId }
  },
)
