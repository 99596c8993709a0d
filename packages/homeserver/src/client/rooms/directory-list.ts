/**
 * GET and PUT /directory/list/room/{roomId}: whether a room is in the directory. Client-server API, "Listing rooms".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { empty } from '../schemas.ts'
import { visibility } from './schemas.ts'

const path = '/directory/list/room/{roomId}'

export const listed = endpoint(
  { method: 'GET', at: v3, path, access: 'anyone', response: Type.Object({ visibility }) },
  async ({ context, parameters }) => {
    const { roomId } = parameters
    // A room that is not here is said not to be.
    await context.roomServer.queryRoomVersion({ roomId })
    const { total } = await context.roomServer.queryPublishedRooms({ roomId, limit: 1 })
    return { visibility: total > 0 ? ('public' as const) : ('private' as const) }
  },
)

export const setListed = endpoint(
  {
    method: 'PUT',
    at: v3,
    path,
    access: 'user',
    notWhileSuspended: true,
    body: Type.Object({ visibility: Type.Optional(visibility) }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const sender = caller.isAdmin ? {} : { sender: caller.userId }
    const wanted = body.visibility ?? 'public'
    await context.roomServer.performPublish({ roomId: parameters.roomId, visibility: wanted, ...sender })
    return {}
  },
)
