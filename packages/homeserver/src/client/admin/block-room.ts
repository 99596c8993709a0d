/**
 * GET and PUT /_synapse/admin/v1/rooms/{roomId}/block: an administrator blocks a room, known here or not, or lifts the block. As Synapse has
 * it, since moderation tools know it.
 */
import { Type } from 'typebox'
import { endpoint, synapseAdmin } from '../endpoint.ts'

const path = '/rooms/{roomId}/block'

export const isRoomBlocked = endpoint(
  {
    method: 'GET',
    at: synapseAdmin,
    path,
    access: 'admin',
    response: Type.Object({ block: Type.Boolean(), user_id: Type.Optional(Type.String()) }),
  },
  async ({ context, parameters }) => {
    const [blocked] = (await context.roomServer.queryBlockedRooms({ roomId: parameters.roomId })).rooms
    return blocked === undefined ? { block: false } : { block: true, user_id: blocked.by }
  },
)

export const blockRoom = endpoint(
  {
    method: 'PUT',
    at: synapseAdmin,
    path,
    access: 'admin',
    body: Type.Object({ block: Type.Boolean() }),
    response: Type.Object({ block: Type.Boolean() }),
  },
  async ({ context, caller, parameters, body }) => {
    await context.roomServer.adminBlockRoom({ roomId: parameters.roomId, block: body.block, by: caller.userId })
    return { block: body.block }
  },
)
