/** `GET /.well-known/matrix/server`: where this server is reached, if that is elsewhere. Server-server API, "Resolving server names". */
import type { Endpoint } from '../endpoint.ts'
import { notFound } from '../errors.ts'

export const wellKnownServer: Endpoint = {
  method: 'GET',
  path: '/.well-known/matrix/server',
  isPublic: true,
  answer(_, { wellKnownServer, serverName }) {
    if (wellKnownServer === undefined) throw notFound(`${serverName} delegates to no other name`)
    return { 'm.server': wellKnownServer }
  },
}
