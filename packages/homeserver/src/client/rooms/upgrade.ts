/**
 * POST /rooms/{roomId}/upgrade. Client-server API, "Room Upgrades".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { roomProfile } from './member-content.ts'

export const upgrade = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/rooms/{roomId}/upgrade',
    access: 'user',
    notWhileSuspended: true,
    body: Type.Object({
      new_version: Type.String(),
      additional_creators: Type.Optional(Type.Array(Type.String())),
    }),
    response: Type.Object({ replacement_room: Type.String() }),
  },
  async ({ context, caller, parameters, body }) => {
    const { roomId } = await context.roomServer.performUpgrade({
      roomId: parameters.roomId,
      sender: caller.userId,
      senderProfile: roomProfile(context, caller.userId),
      newVersion: body.new_version,
      ...(body.additional_creators === undefined ? {} : { additionalCreators: body.additional_creators }),
    })
    return { replacement_room: roomId }
  },
)
