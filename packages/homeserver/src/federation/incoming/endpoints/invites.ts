/** Invites of users of this server. Server-server API, "Inviting to a room". */
import { canonicalJson, isJsonObject, isUserId, type JsonObject, type JsonValue, roomVersions } from '@neurite/protocol'
import type { IncomingContext } from '../context.ts'
import { type Endpoint, type EndpointRequest, JsonText, jsonText, objectOf } from '../endpoint.ts'
import { badJson, forbidden, missing } from '../errors.ts'

/** Version 1 of the endpoint is for events of the oldest room versions, and does not say of which. */
const [oldest] = roomVersions.keys() as unknown as [string]

export const invite: Endpoint = {
  method: 'PUT',
  path: '/_matrix/federation/v2/invite/{roomId}/{eventId}',
  async answer(request, context) {
    const { event, room_version: named, invite_room_state: roomState } = objectOf(request)
    if (!isJsonObject(event)) throw badJson('event must be an object')
    if (typeof named !== 'string') throw missing('room_version')
    return jsonText({ event: await signed(request, { event, roomVersion: named, roomState }, context) })
  },
}

export const inviteV1: Endpoint = {
  method: 'PUT',
  path: '/_matrix/federation/v1/invite/{roomId}/{eventId}',
  async answer(request, context) {
    const event = objectOf(request)
    const unsigned = isJsonObject(event['unsigned']) ? event['unsigned'] : {}
    const invited = { event, roomVersion: oldest, roomState: unsigned['invite_room_state'] }
    return new JsonText(`[200,{"event":${await signed(request, invited, context)}}]`)
  },
}

interface Invited {
  readonly event: JsonObject
  readonly roomVersion: string
  readonly roomState: JsonValue | undefined
}

async function signed(
  { origin, path }: EndpointRequest,
  { event, roomVersion, roomState }: Invited,
  { api, users }: IncomingContext,
): Promise<string> {
  const user = event['state_key']
  if (isUserId(user) && !(await users.exists(user))) throw forbidden(`there is no user ${user} to be invited`)
  const state = Array.isArray(roomState) ? roomState : []
  const taken = await api.performRemoteInvite({
    ...{ roomId: path['roomId'] as string, eventId: path['eventId'] as string, server: origin, roomVersion },
    pdu: canonicalJson(event),
    roomState: state.map(entry => canonicalJson(entry)),
  })
  return taken.event
}
