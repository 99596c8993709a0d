/**
 * Queries on rooms as such: versions, directory, aliases, ACLs, hierarchy, and what an operator asks.
 */
import { Type } from 'typebox'
import { query } from '../operation.ts'
import {
  after,
  eventId,
  limit,
  next,
  partial,
  roomAlias,
  roomId,
  roomVersion,
  serverName,
  shape,
  timestamp,
  userId,
} from '../schemas.ts'

/** A room as a directory or a hierarchy shows it. Client-server API, "GET /publicRooms", "GET /hierarchy". */
export const roomSummary = shape({
  roomId,
  roomVersion,
  name: Type.Optional(Type.String()),
  topic: Type.Optional(Type.String()),
  avatarUrl: Type.Optional(Type.String()),
  canonicalAlias: Type.Optional(Type.String()),
  joinRule: Type.String(),
  allowedRoomIds: Type.Optional(Type.Array(Type.String())),
  roomType: Type.Optional(Type.String()),
  encryption: Type.Optional(Type.String()),
  joinedMembers: Type.Integer(),
  worldReadable: Type.Boolean(),
  guestCanJoin: Type.Boolean(),
})

export const directoryQueries = {
  queryCapabilities: query({
    summary: 'The room versions that this server knows, and which it creates rooms in.',
    request: shape({}),
    response: shape({
      default: roomVersion,
      available: Type.Record(Type.String(), Type.Union([Type.Literal('stable'), Type.Literal('unstable')])),
    }),
  }),

  queryRoomSummary: query({
    summary: 'What there is to say about a room to somebody who is not in it.',
    request: shape({ roomId }),
    response: shape({ room: roomSummary, partial }),
    errors: ['M_NOT_FOUND'],
    partialState: 'partial',
  }),

  queryPublishedRooms: query({
    summary: 'The rooms in the directory, most members first; or whether one is in it.',
    request: shape({
      roomId: Type.Optional(roomId),
      network: Type.Optional(Type.String({ maxLength: 255 })),
      includeAllNetworks: Type.Optional(Type.Boolean()),
      search: Type.Optional(Type.String({ maxLength: 500 })),
      roomTypes: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Null()]), { maxItems: 100 })),
      after: Type.Optional(after),
      limit: Type.Optional(limit),
    }),
    response: shape({
      rooms: Type.Array(roomSummary),
      total: Type.Integer(),
      next: Type.Optional(next),
      previous: Type.Optional(next),
    }),
  }),

  queryRoomHierarchy: query({
    summary: 'A space and what is below it, depth first, as a user or a server may see it.',
    request: shape({
      roomId,
      userId: Type.Optional(userId),
      server: Type.Optional(serverName),
      suggestedOnly: Type.Optional(Type.Boolean()),
      maxDepth: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
      after: Type.Optional(after),
      limit: Type.Optional(limit),
    }),
    response: shape({
      rooms: Type.Array(
        shape({
          room: roomSummary,
          depth: Type.Integer(),
          children: Type.Array(
            shape({
              stateKey: Type.String(),
              sender: userId,
              originServerTs: Type.Integer(),
              content: Type.Record(Type.String(), Type.Unknown()),
            }),
          ),
        }),
      ),
      inaccessible: Type.Array(roomId, { description: 'Children that are here and that the asker may not see.' }),
      unknown: Type.Array(shape({ roomId, via: Type.Array(Type.String()) }), {
        description: 'Children that are not here, with the servers to ask.',
      }),
      next: Type.Optional(next),
    }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN', 'M_INVALID_PARAM'],
    partialState: 'partial',
  }),

  queryServerBanned: query({
    summary: 'Whether the room’s server ACL refuses a server.',
    request: shape({ roomId, server: serverName }),
    response: shape({ banned: Type.Boolean() }),
  }),

  queryRoomsWithAcls: query({
    summary: 'The rooms that have a server ACL.',
    request: shape({ after: Type.Optional(after), limit: Type.Optional(limit) }),
    response: shape({ roomIds: Type.Array(roomId), next: Type.Optional(next) }),
  }),

  queryAlias: query({
    summary: 'The room that a local alias stands for, and who made it.',
    request: shape({ alias: roomAlias }),
    response: shape({ roomId, creator: userId, servers: Type.Array(serverName) }),
    errors: ['M_NOT_FOUND'],
  }),

  queryAliasesOfRoom: query({
    summary: 'The local aliases of a room.',
    request: shape({ roomId }),
    response: shape({ aliases: Type.Array(roomAlias) }),
  }),

  queryRooms: query({
    summary: 'The rooms of this server, for its operator.',
    request: shape({
      search: Type.Optional(Type.String({ maxLength: 500 })),
      emptyOnly: Type.Optional(Type.Boolean({ description: 'Those without a local user.' })),
      after: Type.Optional(after),
      limit: Type.Optional(limit),
    }),
    response: shape({
      rooms: Type.Array(
        shape({
          room: roomSummary,
          localMembers: Type.Integer(),
          forwardExtremities: Type.Integer(),
          blocked: Type.Boolean(),
          partial,
        }),
      ),
      total: Type.Integer(),
      next: Type.Optional(next),
    }),
  }),

  queryStats: query({
    summary: 'Figures of one room or of the whole server: events by status, state, extremities, bytes.',
    request: shape({ roomId: Type.Optional(roomId) }),
    response: shape({
      rooms: Type.Integer(),
      events: Type.Integer({ description: 'Numbers given to events: rejected, soft-failed and outliers counted in.' }),
      provisional: Type.Integer(),
      stateSnapshots: Type.Integer(),
      stateBlocks: Type.Integer(),
      joinedMembers: Type.Integer(),
      forwardExtremities: Type.Integer(),
      queuedEvents: Type.Integer({ description: 'Waiting in the durable queue.' }),
      outputPosition: Type.String(),
    }),
    errors: ['M_NOT_FOUND'],
  }),

  queryReports: query({
    summary: 'Events and rooms that users reported, oldest first.',
    request: shape({ after: Type.Optional(after), limit: Type.Optional(limit) }),
    response: shape({
      reports: Type.Array(
        shape({
          id: Type.Integer(),
          roomId,
          eventId: Type.Optional(eventId),
          reporter: userId,
          reason: Type.String(),
          score: Type.Optional(Type.Integer()),
          at: timestamp,
        }),
      ),
      next: Type.Optional(next),
    }),
  }),

  queryBlockedRooms: query({
    summary: 'The rooms that the operator has blocked; or whether one is.',
    request: shape({ roomId: Type.Optional(roomId), after: Type.Optional(after), limit: Type.Optional(limit) }),
    response: shape({
      rooms: Type.Array(shape({ roomId, by: Type.String(), reason: Type.String(), at: timestamp })),
      next: Type.Optional(next),
    }),
  }),
} as const
