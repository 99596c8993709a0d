/** Single events, and the auth chains of events. Server-server API, "Retrieving events", "Retrieving event authorization information". */
import { type Endpoint, jsonText, listOf, required, wholeNumber } from '../endpoint.ts'
import { invalid } from '../errors.ts'

export const event: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/event/{eventId}',
  async answer({ origin, path }, { api, serverName, runtime }) {
    const { event: found } = await api.queryEventForServer({ server: origin, eventId: path['eventId'] as string })
    return jsonText({
      origin: JSON.stringify(serverName),
      origin_server_ts: String(runtime.clock.now()),
      pdus: listOf([found.pdu]),
    })
  },
}

export const eventAuth: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/event_auth/{roomId}/{eventId}',
  async answer({ origin, path }, { api }) {
    const [roomId, eventId] = [path['roomId'] as string, path['eventId'] as string]
    const { events = [] } = await api.queryAuthChain({ roomId, eventIds: [eventId], idsOnly: false, seenBy: origin })
    return jsonText({ auth_chain: listOf(events) })
  },
}

export const timestampToEvent: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/timestamp_to_event/{roomId}',
  async answer(request, { api }) {
    const { origin, path, query } = request
    const timestamp = wholeNumber(required(request, 'ts'), 'ts') as number
    const direction = query.get('dir') ?? 'f'
    if (direction !== 'f' && direction !== 'b') throw invalid('dir must be f or b')
    const nearest = await api.queryEventNearTime({
      ...{ roomId: path['roomId'] as string, timestamp: Math.max(0, timestamp), seenBy: origin },
      direction: direction === 'f' ? 'forwards' : 'backwards',
    })
    return { event_id: nearest.eventId, origin_server_ts: nearest.timestamp }
  },
}
