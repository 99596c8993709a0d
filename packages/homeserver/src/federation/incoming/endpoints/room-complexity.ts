/**
 * How complex a room is, which servers ask that do not join every room. In no version of the specification; the path and the answer are
 * Synapse's, whom others follow.
 */
import type { Endpoint } from '../endpoint.ts'

export const roomComplexity: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/unstable/rooms/{roomId}/complexity',
  async answer({ origin, path }, { api }) {
    const { complexity } = await api.queryRoomComplexity({ roomId: path['roomId'] as string, server: origin })
    return { v1: complexity }
  },
}
