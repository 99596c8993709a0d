/**
 * From the template of another server to our signed event. Of the template only its place in the graph is taken over: what our user says
 * is ours to say. Server-server API, "Joining Rooms".
 */
import {
  type BuiltEvent,
  canonicalJson,
  encodeBase64Url,
  hashAndSignEvent,
  isJsonObject,
  JsonError,
  type JsonObject,
  PduError,
  type RoomVersionRules,
  readPdu,
  roomVersions,
  type ServerName,
  type UserId,
} from '@neurite/protocol'
import { UnusableAnswer } from './ask-in-turn.ts'
import type { RemoteContext } from './context.ts'
import type { HandshakeMembership, Template } from './peer-requests.ts'

/** The version of rooms whose servers do not say which it is. */
const unsaidVersion = '1'
/** Of the IDs of our events in room versions that do not take them from hashes: none twice, ever. */
const idLocalpartBytes = 18

export interface WantedEvent {
  readonly roomId: string
  readonly userId: UserId
  readonly membership: HandshakeMembership
  /** Without `membership`. */
  readonly content: JsonObject
}

/** @throws {UnusableAnswer} where no event of ours can be made of it */
export function completeTemplate(
  server: ServerName,
  { event: template, roomVersion = unsaidVersion }: Template,
  { roomId, userId, membership, content }: WantedEvent,
  { crypto, signer, runtime, serverName }: RemoteContext,
): BuiltEvent {
  const rules = roomVersions.get(roomVersion)
  if (rules === undefined) throw new UnusableAnswer(server, `a template in room version ${roomVersion}`)
  const event: JsonObject = {
    ...{ type: 'm.room.member', room_id: roomId, sender: userId, state_key: userId },
    content: { ...content, ...authoriserIn(template, rules), membership },
    depth: template['depth'],
    prev_events: template['prev_events'],
    auth_events: template['auth_events'],
    origin_server_ts: runtime.clock.now(),
    event_id:
      rules.format.eventId === 'field'
        ? `$${encodeBase64Url(runtime.randomness.bytes(idLocalpartBytes))}:${serverName}`
        : undefined,
  }
  try {
    const pdu = canonicalJson(hashAndSignEvent(event, signer(), rules, crypto))
    return { event: readPdu(pdu, rules, crypto).event, pdu }
  } catch (error) {
    if (!(error instanceof PduError || error instanceof JsonError)) throw error
    throw new UnusableAnswer(server, `a template that is no event: ${error.message}`)
  }
}

/** Who lets the user into a restricted room is the other server's to say. */
function authoriserIn({ content }: JsonObject, { auth }: RoomVersionRules): JsonObject {
  const authoriser = isJsonObject(content) ? content['join_authorised_via_users_server'] : undefined
  return auth.restrictedJoins && typeof authoriser === 'string' ? { join_authorised_via_users_server: authoriser } : {}
}
