/**
 * GET, PUT and DELETE /directory/room/{roomAlias}, and GET /rooms/{roomId}/aliases. Client-server API, "Room aliases".
 */
import { isRoomAlias, type RoomAlias, serverNameOfAlias } from '@neurite/protocol'
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError, invalidParameter } from '../errors.ts'
import { empty } from '../schemas.ts'
import { resolveAlias } from './resolve-alias.ts'
import { viewOf } from './room-view.ts'

const path = '/directory/room/{roomAlias}'

export const getAlias = endpoint(
  {
    method: 'GET',
    at: v3,
    path,
    access: 'anyone',
    response: Type.Object({ room_id: Type.String(), servers: Type.Array(Type.String()) }),
  },
  async ({ context, parameters, request }) => {
    const { roomId, servers } = await resolveAlias(context, aliasOf(parameters.roomAlias), request.signal)
    return { room_id: roomId, servers: [...servers] }
  },
)

export const setAlias = endpoint(
  {
    method: 'PUT',
    at: v3,
    path,
    access: 'user',
    notWhileSuspended: true,
    body: Type.Object({ room_id: Type.String() }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const alias = aliasOf(parameters.roomAlias)
    if (serverNameOfAlias(alias) !== context.serverName) throw invalidParameter(`${alias} is not of this server`)
    context.applicationServices.refuseExclusive('aliases', alias, caller.service)
    await context.roomServer.performSetAlias({ alias, roomId: body.room_id, creator: caller.userId })
    return {}
  },
)

export const deleteAlias = endpoint(
  { method: 'DELETE', at: v3, path, access: 'user', notWhileSuspended: true, response: empty },
  async ({ context, caller, parameters }) => {
    context.applicationServices.refuseExclusive('aliases', parameters.roomAlias, caller.service)
    const sender = caller.isAdmin ? {} : { sender: caller.userId }
    await context.roomServer.performRemoveAlias({ alias: aliasOf(parameters.roomAlias), ...sender })
    return {}
  },
)

export const aliasesOfRoom = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/rooms/{roomId}/aliases',
    access: 'user',
    response: Type.Object({ aliases: Type.Array(Type.String()) }),
  },
  async ({ context, caller, parameters }) => {
    const { roomId } = parameters
    const { membership, upTo } = await viewOf(context, roomId, caller.userId)
    // Those who have left are told nothing of what came later.
    if (membership !== 'join' && upTo !== context.rooms.position)
      throw new ClientError('M_FORBIDDEN', `you are not in room ${roomId}`)
    return context.roomServer.queryAliasesOfRoom({ roomId })
  },
)

function aliasOf(text: string): RoomAlias {
  if (!isRoomAlias(text)) throw invalidParameter(`${JSON.stringify(text)} is no room alias`)
  return text
}
