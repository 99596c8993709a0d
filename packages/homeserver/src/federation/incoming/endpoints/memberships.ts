/**
 * Users of other servers who come into rooms and go out of them: templates, and the events made of them. Server-server API, "Joining
 * Rooms", "Leaving Rooms (Rejecting Invites)", "Knocking upon a room".
 */
import { canonicalJson } from '@neurite/protocol'
import type { RoomServerApi } from '@neurite/roomserver/api'
import { type Endpoint, type EndpointRequest, JsonText, jsonText, listOf, objectOf } from '../endpoint.ts'

type Membership = 'join' | 'leave' | 'knock'

function make(membership: Membership): Endpoint {
  return {
    method: 'GET',
    path: `/_matrix/federation/v1/make_${membership}/{roomId}/{userId}`,
    async answer({ origin, path, query }, { api }) {
      const versions = query.getAll('ver')
      const { roomVersion, event } = await api.queryMembershipTemplate({
        ...{ roomId: path['roomId'] as string, userId: path['userId'] as string, membership, server: origin },
        ...(versions.length === 0 ? {} : { versions }),
      })
      return jsonText({ room_version: JSON.stringify(roomVersion), event })
    },
  }
}

/** The event that was sent, as the room server takes it. */
function sentEvent(request: EndpointRequest) {
  const { origin, path } = request
  const [roomId, eventId] = [path['roomId'] as string, path['eventId'] as string]
  return { roomId, eventId, pdu: canonicalJson(objectOf(request)), server: origin }
}

export const makeJoin = make('join')
export const makeLeave = make('leave')
export const makeKnock = make('knock')

/**
 * Members from which on a state without them is given where that is asked for. A smaller one is here whole sooner than it could be
 * completed; and as long as a server lacks members it cannot let others in.
 */
const fewestOmitted = 50

async function isLarge(roomId: string, api: RoomServerApi): Promise<boolean> {
  const { joined, invited } = await api.queryMemberCounts({ roomId })
  return joined + invited >= fewestOmitted
}

/** @param mayOmit whether the request may ask for a state without members */
async function joined(
  request: EndpointRequest,
  api: RoomServerApi,
  serverName: string,
  mayOmit: boolean,
): Promise<JsonText> {
  const sent = sentEvent(request)
  const isAsked = mayOmit && request.query.get('omit_members') === 'true'
  const omitMembers = isAsked && (await isLarge(sent.roomId, api))
  const answer = await api.performRemoteJoin({ ...sent, omitMembers })
  const { event, state, authChain, membersOmitted, serversInRoom } = answer
  return jsonText({
    origin: JSON.stringify(serverName),
    members_omitted: String(membersOmitted),
    ...(serversInRoom === undefined ? {} : { servers_in_room: JSON.stringify(serversInRoom) }),
    event,
    state: listOf(state),
    auth_chain: listOf(authChain),
  })
}

export const sendJoin: Endpoint = {
  method: 'PUT',
  path: '/_matrix/federation/v2/send_join/{roomId}/{eventId}',
  answer: (request, { api, serverName }) => joined(request, api, serverName, true),
}

/** Version 1, out of the specification since 1.18 and still asked by older servers: the same in a list behind a status. */
export const sendJoinV1: Endpoint = {
  method: 'PUT',
  path: '/_matrix/federation/v1/send_join/{roomId}/{eventId}',
  answer: async (request, { api, serverName }) =>
    new JsonText(`[200,${(await joined(request, api, serverName, false)).text}]`),
}

export const sendLeave: Endpoint = {
  method: 'PUT',
  path: '/_matrix/federation/v2/send_leave/{roomId}/{eventId}',
  async answer(request, { api }) {
    await api.performRemoteLeave(sentEvent(request))
    return {}
  },
}

export const sendLeaveV1: Endpoint = {
  method: 'PUT',
  path: '/_matrix/federation/v1/send_leave/{roomId}/{eventId}',
  async answer(request, { api }) {
    await api.performRemoteLeave(sentEvent(request))
    return new JsonText('[200,{}]')
  },
}

export const sendKnock: Endpoint = {
  method: 'PUT',
  path: '/_matrix/federation/v1/send_knock/{roomId}/{eventId}',
  async answer(request, { api }) {
    const { roomState } = await api.performRemoteKnock(sentEvent(request))
    return jsonText({ knock_room_state: listOf(roomState) })
  },
}
