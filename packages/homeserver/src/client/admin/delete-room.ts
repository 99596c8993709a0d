/**
 * DELETE /_synapse/admin/v1/rooms/{roomId}: local users leave a room, and it is removed; blocked before that, where that is wanted. As
 * Synapse has it, since moderation tools know it; but no room is made to tell the users in.
 */
import { Type } from 'typebox'
import { endpoint, synapseAdmin } from '../endpoint.ts'

export const deleteRoom = endpoint(
  {
    method: 'DELETE',
    at: synapseAdmin,
    path: '/rooms/{roomId}',
    access: 'admin',
    body: Type.Object({
      block: Type.Optional(Type.Boolean()),
      /** Absent: removed. False: left by all, and kept. */
      purge: Type.Optional(Type.Boolean()),
      /** Removed also where not everybody could leave. */
      force_purge: Type.Optional(Type.Boolean()),
      message: Type.Optional(Type.String()),
    }),
    response: Type.Object({
      kicked_users: Type.Array(Type.String()),
      failed_to_kick_users: Type.Array(Type.String()),
      local_aliases: Type.Array(Type.String()),
      new_room_id: Type.Null(),
    }),
  },
  async ({ context, caller, parameters, body }) => {
    const { roomServer } = context
    const { roomId } = parameters
    const { block = false, purge = true, force_purge: isForced = false, message } = body
    const reason = message === undefined ? {} : { reason: message }
    if (block) await roomServer.adminBlockRoom({ roomId, block, by: caller.userId, ...reason })
    const { aliases } = await roomServer.queryAliasesOfRoom({ roomId })
    const { left, failed } = await roomServer.adminEvacuateRoom({ roomId, ...reason })
    if (purge && (failed.length === 0 || isForced)) await roomServer.adminPurgeRoom({ roomId, evacuate: false })
    const answer = { kicked_users: left, failed_to_kick_users: failed, local_aliases: aliases }
    return { ...answer, new_room_id: null }
  },
)
