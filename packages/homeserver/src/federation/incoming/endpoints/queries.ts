/** What is known here of aliases and users. Server-server API, "Querying for information". */
import { belongsTo, isRoomAlias, isUserId, serverNameOfAlias } from '@neurite/protocol'
import { type Endpoint, required } from '../endpoint.ts'
import { FederationError, invalid, notFound } from '../errors.ts'

export const queryDirectory: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/query/directory',
  async answer(request, { api, serverName }) {
    const alias = required(request, 'room_alias')
    if (!isRoomAlias(alias)) throw invalid(`${JSON.stringify(alias)} is no room alias`)
    if (serverNameOfAlias(alias) !== serverName) throw invalid(`${alias} is no alias of ${serverName}`)
    const { roomId, servers } = await api.queryAlias({ alias })
    return { room_id: roomId, servers }
  },
}

export const queryProfile: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/query/profile',
  async answer(request, { users, serverName }) {
    const userId = required(request, 'user_id')
    if (!isUserId(userId)) throw invalid(`${JSON.stringify(userId)} is no user ID`)
    if (!belongsTo(userId, serverName)) throw invalid(`${userId} is no user of ${serverName}`)
    const profile = await users.profile(userId, request.query.get('field') ?? undefined)
    if (profile === undefined) throw notFound(`there is no user ${userId}`)
    return profile
  },
}

/** Queries of kinds that are not known here. */
export const query: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/query/{queryType}',
  answer({ path }) {
    throw new FederationError(404, 'M_UNRECOGNIZED', `queries of type ${path['queryType']} are not known here`)
  },
}
