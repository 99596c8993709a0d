/**
 * What users do in rooms: each builds or fetches events and feeds input. Client-server API, "Rooms".
 */
import { Type } from 'typebox'
import { perform } from '../operation.ts'
import {
  content,
  eventId,
  eventIds,
  eventInfo,
  eventType,
  roomAlias,
  roomId,
  roomVersion,
  serverName,
  shape,
  stateKey,
  timestamp,
  userId,
} from '../schemas.ts'

const reason = Type.Optional(Type.String({ maxLength: 10_000 }))
/** Servers that may know a room. */
const via = Type.Optional(
  Type.Array(serverName, { maxItems: 50, description: 'Servers that may be asked about the room.' }),
)
const profile = Type.Optional(
  shape({ displayName: Type.Optional(Type.String()), avatarUrl: Type.Optional(Type.String()) }),
)
const transactionId = Type.Optional(shape({ session: Type.String(), id: Type.String() }))
const sent = shape({
  eventId: Type.Optional(Type.Intersect([eventId], { description: 'Absent where nothing had to change.' })),
})
const roomRefusals = [
  'M_NOT_FOUND',
  'M_FORBIDDEN',
  'M_LIMIT_EXCEEDED',
  'M_TOO_LARGE',
  'M_UNSUPPORTED_ROOM_VERSION',
] as const
const network = Type.Optional(Type.String({ maxLength: 255 }))
const appservice = Type.Optional(Type.String({ maxLength: 255 }))

/** An event as a local user wants it: the rest is filled in, in the room’s turn. */
export const eventDraft = shape({
  type: eventType,
  stateKey: Type.Optional(stateKey),
  sender: userId,
  content,
  redacts: Type.Optional(eventId),
  timestamp: Type.Optional(timestamp),
})

export const performs = {
  performSend: perform({
    summary: 'Sends an event of a local user: built on the forward extremities as they are, judged, signed, taken.',
    request: shape({
      roomId,
      event: eventDraft,
      transactionId,
      unlessSame: Type.Optional(
        Type.Boolean({
          description: 'State: send nothing where the current entry has this sender and content already.',
        }),
      ),
    }),
    response: shape({ eventId }),
    errors: [...roomRefusals, 'M_BAD_STATE', 'M_INVITE_BLOCKED'],
  }),

  performCreateRoom: perform({
    summary: 'Creates a room: all of its first events or none.',
    request: shape({
      creator: userId,
      roomVersion: Type.Optional(roomVersion),
      creatorProfile: profile,
      preset: Type.Optional(
        Type.Union([Type.Literal('private_chat'), Type.Literal('public_chat'), Type.Literal('trusted_private_chat')]),
      ),
      visibility: Type.Optional(Type.Union([Type.Literal('public'), Type.Literal('private')])),
      aliasLocalpart: Type.Optional(Type.String({ maxLength: 255 })),
      name: Type.Optional(Type.String()),
      topic: Type.Optional(Type.String()),
      creationContent: Type.Optional(content),
      initialState: Type.Optional(
        Type.Array(shape({ type: eventType, stateKey: Type.Optional(stateKey), content }), { maxItems: 1_000 }),
      ),
      powerLevelContentOverride: Type.Optional(content),
      invite: Type.Optional(Type.Array(userId, { maxItems: 1_000 })),
      inviteProfiles: Type.Optional(
        Type.Record(
          Type.String(),
          shape({ displayName: Type.Optional(Type.String()), avatarUrl: Type.Optional(Type.String()) }),
        ),
      ),
      isDirect: Type.Optional(Type.Boolean()),
      timestamp: Type.Optional(timestamp),
    }),
    response: shape({ roomId, alias: Type.Optional(roomAlias), notInvited: Type.Array(userId) }),
    errors: [
      'M_FORBIDDEN',
      'M_INVITE_BLOCKED',
      'M_ROOM_IN_USE',
      'M_INVALID_ROOM_STATE',
      'M_INVALID_PARAM',
      'M_UNSUPPORTED_ROOM_VERSION',
      'M_TOO_LARGE',
    ],
  }),

  performJoin: perform({
    summary: 'Joins a room by ID or alias: here where this server can let the user in, else through other servers.',
    request: shape({
      roomIdOrAlias: Type.String({ maxLength: 255 }),
      userId,
      content: Type.Optional(content),
      via,
      exceedsLimits: Type.Optional(
        Type.Boolean({ description: 'However complex the room is: an administrator wants it.' }),
      ),
      transactionId,
    }),
    response: shape({ roomId, joinedVia: Type.Optional(serverName), eventId: Type.Optional(eventId) }),
    errors: [
      ...roomRefusals,
      'M_INCOMPATIBLE_ROOM_VERSION',
      'M_UNABLE_TO_AUTHORISE_JOIN',
      'M_UNABLE_TO_GRANT_JOIN',
      'M_RESOURCE_LIMIT_EXCEEDED',
      'M_UNREACHABLE',
    ],
  }),

  performLeave: perform({
    summary: 'Leaves a room, rejects an invite or takes a knock back; also where the inviting server is gone.',
    request: shape({ roomId, userId, reason, content: Type.Optional(content), transactionId }),
    response: sent,
    errors: [...roomRefusals],
  }),

  performKnock: perform({
    summary: 'Knocks on a room.',
    request: shape({
      roomIdOrAlias: Type.String({ maxLength: 255 }),
      userId,
      reason,
      content: Type.Optional(content),
      via,
    }),
    response: shape({ roomId, eventId }),
    errors: [...roomRefusals, 'M_INCOMPATIBLE_ROOM_VERSION', 'M_UNREACHABLE'],
  }),

  performInvite: perform({
    summary: 'Invites a user, here or on another server.',
    request: shape({
      roomId,
      inviter: userId,
      invitee: userId,
      reason,
      isDirect: Type.Optional(Type.Boolean()),
      content: Type.Optional(content),
      transactionId,
    }),
    response: shape({ eventId }),
    errors: [...roomRefusals, 'M_INVITE_BLOCKED', 'M_UNREACHABLE'],
    partialState: 'waits',
  }),

  performKick: perform({
    summary: 'Kicks a user, or takes back an invite.',
    request: shape({ roomId, sender: userId, target: userId, reason, transactionId }),
    response: sent,
    errors: [...roomRefusals],
    partialState: 'waits',
  }),

  performBan: perform({
    summary: 'Bans a user.',
    request: shape({ roomId, sender: userId, target: userId, reason, transactionId }),
    response: sent,
    errors: [...roomRefusals],
    partialState: 'waits',
  }),

  performUnban: perform({
    summary: 'Takes a ban back.',
    request: shape({ roomId, sender: userId, target: userId, reason, transactionId }),
    response: sent,
    errors: [...roomRefusals, 'M_BAD_STATE'],
    partialState: 'waits',
  }),

  performForget: perform({
    summary: 'Forgets a room that the user has left: it is not shown to them any more.',
    request: shape({ roomId, userId }),
    response: shape({}),
    errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
  }),

  performPublish: perform({
    summary:
      'Puts a room into the directory or takes it out; per network of an application service where one is named.',
    request: shape({
      roomId,
      visibility: Type.Union([Type.Literal('public'), Type.Literal('private')]),
      sender: Type.Optional(
        Type.Intersect([userId], { description: 'Refused unless this user may; absent: not asked.' }),
      ),
      network,
      appservice,
    }),
    response: shape({}),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
  }),

  performSetAlias: perform({
    summary: 'Makes an alias of this server stand for a room.',
    request: shape({ alias: roomAlias, roomId, creator: userId }),
    response: shape({}),
    errors: ['M_ALIAS_IN_USE', 'M_INVALID_PARAM', 'M_NOT_FOUND'],
  }),

  performRemoveAlias: perform({
    summary: 'Takes an alias away: by who made it, by who may set the room’s canonical alias, or by the operator.',
    request: shape({ alias: roomAlias, sender: Type.Optional(userId) }),
    response: shape({ roomId }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
  }),

  performUpgrade: perform({
    summary: 'Upgrades a room: a new one in the wanted version with its state, then the tombstone.',
    request: shape({
      roomId,
      sender: userId,
      senderProfile: profile,
      newVersion: roomVersion,
      additionalCreators: Type.Optional(Type.Array(userId, { maxItems: 100 })),
    }),
    response: shape({ roomId, tombstone: eventId }),
    errors: [...roomRefusals, 'M_INVALID_PARAM'],
    partialState: 'waits',
  }),

  performPeek: perform({
    summary: 'Begins to peek into a world-readable room, or ends it.',
    request: shape({
      roomId,
      userId,
      device: Type.String({ maxLength: 255 }),
      end: Type.Optional(Type.Boolean()),
      via,
    }),
    response: shape({ roomId }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN', 'M_UNREACHABLE'],
  }),

  performInboundPeek: perform({
    summary: 'Lets another server peek into a world-readable room, renews it, or ends it.',
    request: shape({
      roomId,
      server: serverName,
      peekId: Type.String({ maxLength: 255 }),
      renewalInterval: Type.Integer({ minimum: 1 }),
      end: Type.Optional(Type.Boolean()),
    }),
    response: shape({
      roomVersion: Type.Optional(roomVersion),
      latestEvent: Type.Optional(eventInfo),
      stateIds: Type.Optional(eventIds),
      authChainIds: Type.Optional(eventIds),
    }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
  }),

  performBackfill: perform({
    summary: 'Fetches history of a room from other servers, before its oldest events or before those named.',
    request: shape({ roomId, before: Type.Optional(eventIds), limit: Type.Integer({ minimum: 1, maximum: 500 }) }),
    response: shape({ eventIds, more: Type.Boolean({ description: 'There may be more to fetch.' }) }),
    errors: ['M_NOT_FOUND', 'M_UNREACHABLE'],
    partialState: 'waits',
  }),
} as const
