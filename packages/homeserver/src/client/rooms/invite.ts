/**
 * POST /rooms/{roomId}/invite. Client-server API, "Joining rooms".
 */
import { belongsTo, isUserId } from '@neurite/protocol'
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { invalidParameter } from '../errors.ts'
import { empty } from '../schemas.ts'
import { memberContent } from './member-content.ts'
import { reason } from './schemas.ts'

export const invite = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/rooms/{roomId}/invite',
    access: 'user',
    notWhileSuspended: true,
    body: Type.Object({ user_id: Type.String(), reason }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { user_id: invitee } = body
    if (!isUserId(invitee)) throw invalidParameter(`${JSON.stringify(invitee)} is no user ID`)
    await context.roomServer.performInvite({
      roomId: parameters.roomId,
      inviter: caller.userId,
      invitee,
      content: belongsTo(invitee, context.serverName) ? { ...memberContent(context, invitee) } : {},
      ...(body.reason === undefined ? {} : { reason: body.reason }),
    })
    return {}
  },
)
