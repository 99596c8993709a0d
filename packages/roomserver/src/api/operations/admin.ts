/**
 * What only the operator of the server does.
 */
import { Type } from 'typebox'
import { perform } from '../operation.ts'
import { eventId, eventIds, roomId, serverName, shape, stateEntry, userId } from '../schemas.ts'

export const adminOperations = {
  adminEvacuateRoom: perform({
    summary: 'Makes all local users leave a room.',
    request: shape({ roomId, reason: Type.Optional(Type.String()) }),
    response: shape({ left: Type.Array(userId), failed: Type.Array(userId) }),
    errors: ['M_NOT_FOUND'],
  }),

  adminEvacuateUser: perform({
    summary: 'Makes a local user leave all rooms, and rejects their invites.',
    request: shape({ userId, reason: Type.Optional(Type.String()) }),
    response: shape({ left: Type.Array(roomId), failed: Type.Array(roomId) }),
    errors: ['M_INVALID_PARAM'],
  }),

  adminPurgeRoom: perform({
    summary: 'Removes a room from this server, and everything that only it needs. Goes on after a crash.',
    request: shape({
      roomId,
      evacuate: Type.Optional(Type.Boolean({ description: 'Local users leave first. Default true.' })),
    }),
    response: shape({}),
    errors: ['M_NOT_FOUND', 'M_BAD_STATE'],
  }),

  adminDownloadState: perform({
    summary:
      'Takes the state of a room from a named server, at its newest event here, and lets it count where nothing more certain is known.',
    request: shape({ roomId, server: serverName }),
    response: shape({ eventId: Type.Optional(eventId), added: eventIds, removed: eventIds }),
    errors: ['M_NOT_FOUND', 'M_UNREACHABLE', 'M_BAD_STATE'],
  }),

  adminRecomputeState: perform({
    summary: 'Works out a room’s states from its graph anew and says what differs; changes it where asked to.',
    request: shape({ roomId, repair: Type.Boolean() }),
    response: shape({
      events: Type.Integer({ description: 'How many events were looked at.' }),
      wrongStates: eventIds,
      current: shape({ added: Type.Array(stateEntry), removed: Type.Array(stateEntry) }),
      repaired: Type.Boolean(),
    }),
    errors: ['M_NOT_FOUND'],
  }),

  adminBlockRoom: perform({
    summary: 'Blocks a room: nobody here may join it or send to it; or lifts the block.',
    request: shape({
      roomId,
      block: Type.Boolean(),
      by: Type.String({ maxLength: 255 }),
      reason: Type.Optional(Type.String()),
    }),
    response: shape({}),
  }),

  adminReport: perform({
    summary: 'Notes that a user reported an event or a room; or removes a report.',
    request: shape({
      roomId,
      eventId: Type.Optional(eventId),
      reporter: userId,
      reason: Type.String({ maxLength: 10_000 }),
      score: Type.Optional(Type.Integer()),
    }),
    response: shape({}),
    errors: ['M_NOT_FOUND'],
  }),

  adminRemoveReport: perform({
    summary: 'Removes a report.',
    request: shape({ id: Type.Integer() }),
    response: shape({}),
    errors: ['M_NOT_FOUND'],
  }),
} as const
