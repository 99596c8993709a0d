/** The state before an event. Server-server API, "Retrieving room state". */
import { type Endpoint, jsonText, listOf, required } from '../endpoint.ts'

export const state: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/state/{roomId}',
  async answer(request, { api }) {
    const { origin, path } = request
    const wanted = { roomId: path['roomId'] as string, eventId: required(request, 'event_id'), seenBy: origin }
    const { state: pdus = [], authChain = [] } = await api.queryStateAndAuthChain({ ...wanted, idsOnly: false })
    return jsonText({ pdus: listOf(pdus), auth_chain: listOf(authChain) })
  },
}

export const stateIds: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/state_ids/{roomId}',
  async answer(request, { api }) {
    const { origin, path } = request
    const wanted = { roomId: path['roomId'] as string, eventId: required(request, 'event_id'), seenBy: origin }
    const { stateIds: ids = [], authChainIds = [] } = await api.queryStateAndAuthChain({ ...wanted, idsOnly: true })
    return { pdu_ids: ids, auth_chain_ids: authChainIds }
  },
}
