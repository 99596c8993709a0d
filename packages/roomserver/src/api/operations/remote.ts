/**
 * What other servers ask of rooms that this server is in, and of its users: the other end of the handshakes. Server-server API, "Joining
 * Rooms", "Leaving Rooms (Rejecting Invites)", "Knocking upon a room", "Inviting to a room", "Third-party invites". Who asks is the
 * caller's to have verified.
 */
import { Type } from 'typebox'
import { perform, query } from '../operation.ts'
import { content, eventId, partial, roomId, roomVersion, serverName, shape, userId } from '../schemas.ts'

const pdu = Type.String({ description: 'An event in federation form, as JSON text.' })
const pdus = Type.Array(pdu)
const versions = Type.Array(roomVersion, { maxItems: 1_000, description: 'The room versions that the server knows.' })
const server = Type.Intersect([serverName], { description: 'The server that asks.' })
const sentMembership = shape({ roomId, eventId, pdu, server })
const refusals = [
  'M_NOT_FOUND',
  'M_FORBIDDEN',
  'M_INVALID_PARAM',
  'M_MISSING_PARAM',
  'M_BAD_JSON',
  'M_TOO_LARGE',
  'M_LIMIT_EXCEEDED',
  'M_INCOMPATIBLE_ROOM_VERSION',
] as const
const joinRefusals = [...refusals, 'M_UNABLE_TO_AUTHORISE_JOIN', 'M_UNABLE_TO_GRANT_JOIN'] as const

export const remoteOperations = {
  queryMembershipTemplate: query({
    summary:
      'A member event of a user of another server, to be completed and signed there: `make_join`, `make_leave`, `make_knock`.',
    request: shape({
      roomId,
      userId,
      membership: Type.Union([Type.Literal('join'), Type.Literal('leave'), Type.Literal('knock')]),
      server,
      versions: Type.Optional(versions),
    }),
    response: shape({
      roomVersion,
      event: Type.String({ description: 'The event without hashes and signatures, as JSON text.' }),
    }),
    errors: joinRefusals,
    partialState: 'waits',
  }),

  queryRoomComplexity: query({
    summary: 'How complex a room is, for a server whose users may join it: entries of its state, over 500.',
    request: shape({ roomId, server }),
    response: shape({ complexity: Type.Number(), partial }),
    errors: ['M_NOT_FOUND'],
    partialState: 'partial',
  }),

  performRemoteJoin: perform({
    summary: 'Takes the join of a user of another server, and gives out the room as it was before: `send_join`.',
    request: shape({
      ...{ roomId, eventId, pdu, server },
      omitMembers: Type.Optional(
        Type.Boolean({ description: 'The server can do without members in the state: `omit_members`. Default false.' }),
      ),
    }),
    response: shape({
      roomVersion,
      event: Type.Intersect([pdu], {
        description: 'The join as it was taken, with the signature of this server where it lets the user in.',
      }),
      state: pdus,
      authChain: pdus,
      membersOmitted: Type.Boolean(),
      serversInRoom: Type.Optional(
        Type.Array(serverName, {
          description: 'The servers with joined members before the join, where members are omitted.',
        }),
      ),
    }),
    errors: joinRefusals,
    partialState: 'waits',
  }),

  performRemoteLeave: perform({
    summary: 'Takes the leave of a user of another server: `send_leave`.',
    request: sentMembership,
    response: shape({}),
    errors: refusals,
  }),

  performRemoteKnock: perform({
    summary: 'Takes the knock of a user of another server, and says which room it is: `send_knock`.',
    request: sentMembership,
    response: shape({ roomState: pdus }),
    errors: refusals,
  }),

  performRemoteInvite: perform({
    summary: 'Takes the invite of a local user by a user of another server, and signs it: `invite`.',
    request: shape({
      roomId,
      eventId,
      pdu,
      server,
      roomVersion,
      roomState: Type.Array(Type.String(), { maxItems: 1_000 }),
    }),
    response: shape({ event: pdu }),
    errors: [...refusals, 'M_INVITE_BLOCKED'],
  }),

  performRemoteRescission: perform({
    summary:
      'Takes an invite of a local user back, or turns their knock down, by the member event that says so, where this server is not in the room.',
    request: shape({ roomId, pdu, server }),
    response: shape({
      retired: Type.Boolean({ description: 'False: there was nothing that this event can take back.' }),
    }),
    errors: ['M_BAD_JSON', 'M_TOO_LARGE', 'M_INVALID_PARAM'],
  }),

  performThirdPartyInvite: perform({
    summary:
      'Invites the user behind a third-party invite that a local user has made, once they are known: `exchange_third_party_invite`.',
    request: shape({
      roomId,
      sender: userId,
      target: userId,
      thirdPartyInvite: Type.Intersect([content], {
        description: 'What the member event says of it: `signed` and `display_name`.',
      }),
    }),
    response: shape({ eventId }),
    errors: [...refusals, 'M_INVITE_BLOCKED', 'M_UNREACHABLE'],
  }),
} as const
