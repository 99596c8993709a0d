/**
 * GET and PUT /user/{userId}/rooms/{roomId}/account_data/{type}. Client-server API, "Client Config".
 */
import { isRoomId } from '@neurite/protocol'
import { mustBeOwn } from '../authenticate.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { invalidParameter, notFound } from '../errors.ts'
import { anyObject, empty } from '../schemas.ts'
import { checkNotManaged } from './server-managed.ts'

const path = '/user/{userId}/rooms/{roomId}/account_data/{type}'

export const roomAccountData = endpoint(
  { method: 'GET', at: v3, path, access: 'user', response: anyObject },
  ({ context, caller, parameters }) => {
    const { roomId, type } = parameters
    mustBeOwn(caller, parameters.userId)
    if (!isRoomId(roomId)) throw invalidParameter(`${roomId} is no room ID`)
    const content = context.tables.accountData.find(caller.userId, roomId, type)
    if (content === undefined) throw notFound(`you have no account data ${type} for this room`)
    return content
  },
)

export const setRoomAccountData = endpoint(
  { method: 'PUT', at: v3, path, access: 'user', body: anyObject, response: empty },
  async ({ context, caller, parameters, body }) => {
    const { roomId, type } = parameters
    const { tables, streams, turns } = context
    mustBeOwn(caller, parameters.userId)
    if (!isRoomId(roomId)) throw invalidParameter(`${roomId} is no room ID`)
    checkNotManaged(type)
    // Tags are read and written by endpoints of their own.
    await turns.take(`account data ${caller.userId} ${roomId}`, () =>
      streams.write({ account_data: [caller.userId] }, tables.accountData.set(caller.userId, roomId, type, body)),
    )
    return {}
  },
)
