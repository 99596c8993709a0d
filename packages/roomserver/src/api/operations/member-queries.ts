/**
 * Queries on who is in which room, and who may see what.
 */
import { Type } from 'typebox'
import { query } from '../operation.ts'
import {
  after,
  content,
  eventId,
  eventIds,
  eventInfo,
  limit,
  maxNamed,
  membership,
  next,
  partial,
  roomId,
  roomVersion,
  serverName,
  shape,
  stateTuple,
  userId,
} from '../schemas.ts'

const users = Type.Array(userId, { maxItems: maxNamed })
const allowed = shape({
  allowed: Type.Array(Type.Boolean(), { description: 'For each of the events, in order; false for unknown ones.' }),
})

export const memberQueries = {
  queryMembership: query({
    summary: 'The membership of a user in a room: now, or before an event.',
    request: shape({
      roomId,
      userId,
      at: Type.Optional(Type.Intersect([eventId], { description: 'Before this event.' })),
    }),
    response: shape({
      membership: Type.Optional(membership),
      eventId: Type.Optional(eventId),
      forgotten: Type.Boolean(),
    }),
    errors: ['M_NOT_FOUND'],
    partialState: 'partial',
  }),

  queryMembersOfRoom: query({
    summary: 'The members of a room, by membership; as a user who has left may see them: as they were then.',
    request: shape({
      roomId,
      membership: Type.Optional(membership),
      notMembership: Type.Optional(membership),
      seenBy: Type.Optional(Type.Intersect([userId], { description: 'Refused unless this user may see them.' })),
      at: Type.Optional(Type.Intersect([eventId], { description: 'After this event.' })),
      after: Type.Optional(after),
      limit: Type.Optional(limit),
    }),
    response: shape({ members: Type.Array(eventInfo), next: Type.Optional(next), partial }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
    partialState: 'waits',
  }),

  queryJoinedUsers: query({
    summary: 'The joined users of a room with their names and avatars.',
    request: shape({
      roomId,
      localOnly: Type.Optional(Type.Boolean()),
      after: Type.Optional(after),
      limit: Type.Optional(limit),
    }),
    response: shape({
      users: Type.Array(
        shape({ userId, eventId, displayName: Type.Optional(Type.String()), avatarUrl: Type.Optional(Type.String()) }),
      ),
      next: Type.Optional(next),
      partial,
    }),
    errors: ['M_NOT_FOUND'],
    partialState: 'waits',
  }),

  queryMemberCounts: query({
    summary: 'How many users are joined and invited: kept, not counted.',
    request: shape({ roomId }),
    response: shape({ joined: Type.Integer(), invited: Type.Integer(), servers: Type.Integer(), partial }),
    errors: ['M_NOT_FOUND'],
    partialState: 'partial',
  }),

  queryJoinedHosts: query({
    summary: 'The servers that have joined users in a room, by name, with how many.',
    request: shape({ roomId, after: Type.Optional(after), limit: Type.Optional(limit) }),
    response: shape({
      servers: Type.Array(
        shape({
          server: serverName,
          members: Type.Integer({ description: '0: the room is said to have it, and its members are not known yet.' }),
        }),
      ),
      next: Type.Optional(next),
      partial,
    }),
    errors: ['M_NOT_FOUND'],
    partialState: 'partial',
  }),

  queryServerJoinedToRoom: query({
    summary: 'Whether a server has joined users in a room.',
    request: shape({ server: serverName, roomId }),
    response: shape({ roomExists: Type.Boolean(), joined: Type.Boolean() }),
  }),

  queryServerAllowedToSeeEvents: query({
    summary: 'Which of some events a server may see: history visibility at the event; one of its users may.',
    request: shape({ server: serverName, roomId, eventIds }),
    response: allowed,
    errors: ['M_NOT_FOUND'],
    partialState: 'waits',
  }),

  queryUserAllowedToSeeEvents: query({
    summary: 'Which of some events a user may see: history visibility and the membership at the event.',
    request: shape({ userId, roomId, eventIds }),
    response: allowed,
    errors: ['M_NOT_FOUND'],
  }),

  queryRoomsForUser: query({
    summary: 'The rooms of a user, by membership.',
    request: shape({
      userId,
      membership: Type.Optional(membership),
      after: Type.Optional(after),
      limit: Type.Optional(limit),
    }),
    response: shape({
      rooms: Type.Array(shape({ roomId, roomVersion, membership, eventId, forgotten: Type.Boolean() })),
      next: Type.Optional(next),
    }),
  }),

  queryOutsideInvites: query({
    summary: 'The invites and knocks of a user for rooms that this server is not in, with the state that came along.',
    request: shape({ userId, roomId: Type.Optional(roomId), after: Type.Optional(after), limit: Type.Optional(limit) }),
    response: shape({
      invites: Type.Array(
        shape({
          roomId,
          roomVersion,
          kind: Type.Union([Type.Literal('invite'), Type.Literal('knock')]),
          eventId,
          sender: userId,
          pdu: Type.String(),
          strippedState: Type.Array(content),
          receivedAt: Type.Integer(),
        }),
      ),
      next: Type.Optional(next),
    }),
  }),

  querySharedUsers: query({
    summary: 'The users who share a room with a user; of some named ones only, if any are named.',
    request: shape({
      userId,
      others: Type.Optional(users),
      localOnly: Type.Optional(Type.Boolean()),
      after: Type.Optional(after),
      limit: Type.Optional(limit),
    }),
    response: shape({ users, next: Type.Optional(next) }),
  }),

  queryLeftUsers: query({
    summary: 'Those of some users who are in no room with a local user any more.',
    request: shape({ userIds: users }),
    response: shape({ left: users }),
  }),

  queryUsersWhoLeft: query({
    summary: 'The users who left a room, or came into it, between two positions of the output log.',
    request: shape({ roomId, from: Type.String(), to: Type.Optional(Type.String()) }),
    response: shape({ left: users, joined: users }),
    errors: ['M_NOT_FOUND'],
  }),

  queryKnownUsers: query({
    summary:
      'Users known by a part of their ID or name, who share a room with the one who asks or are in a public one.',
    request: shape({ userId, search: Type.String({ maxLength: 500 }), limit: Type.Optional(limit) }),
    response: shape({
      users: Type.Array(
        shape({ userId, displayName: Type.Optional(Type.String()), avatarUrl: Type.Optional(Type.String()) }),
      ),
      limited: Type.Boolean(),
    }),
  }),

  queryBulkStateContent: query({
    summary:
      'The contents of some entries of the current state over many rooms. A state key `*` stands for all of the type.',
    request: shape({
      roomIds: Type.Array(roomId, { maxItems: maxNamed }),
      tuples: Type.Array(stateTuple, { maxItems: 100 }),
    }),
    response: shape({
      rooms: Type.Array(
        shape({ roomId, state: Type.Array(shape({ type: Type.String(), stateKey: Type.String(), eventId, content })) }),
      ),
    }),
    partialState: 'partial',
  }),

  queryRestrictedJoinAllowed: query({
    summary: 'Whether a restricted room lets a user in by one of its conditions, and who may authorise the join.',
    request: shape({ roomId, userId }),
    response: shape({
      restricted: Type.Boolean({ description: 'The join rule is a restricted one.' }),
      resident: Type.Boolean({ description: 'This server is in all rooms that the conditions name.' }),
      allowed: Type.Boolean(),
      authorisedVia: Type.Optional(Type.Intersect([userId], { description: 'A local user who may invite.' })),
    }),
    errors: ['M_NOT_FOUND'],
    partialState: 'waits',
  }),

  queryPeeks: query({
    summary: 'Who peeks into a room: local users with their devices, and other servers.',
    request: shape({ roomId }),
    response: shape({
      users: Type.Array(shape({ userId, device: Type.String() })),
      servers: Type.Array(
        shape({
          server: serverName,
          peekId: Type.String(),
          renewedAt: Type.Integer(),
          renewalInterval: Type.Integer(),
        }),
      ),
    }),
  }),

  queryRoomVersion: query({
    summary: 'The version of a room.',
    request: shape({ roomId }),
    response: shape({ roomVersion }),
    errors: ['M_NOT_FOUND'],
  }),

  queryEventsOfUser: query({
    summary: 'The newest events that a user sent to a room.',
    request: shape({ roomId, userId, limit: Type.Optional(limit) }),
    response: shape({ eventIds }),
    errors: ['M_NOT_FOUND'],
  }),
} as const
