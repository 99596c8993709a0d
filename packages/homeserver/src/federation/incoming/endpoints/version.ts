/** `GET /version`. Server-server API, "Server discovery". */
import type { Endpoint } from '../endpoint.ts'

export const version: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/version',
  isPublic: true,
  answer: (_, { software }) => ({ server: software }),
}
