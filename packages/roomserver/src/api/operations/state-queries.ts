/**
 * Queries on the graph and the state of a room.
 */
import { Type } from 'typebox'
import { query } from '../operation.ts'
import {
  eventId,
  eventIds,
  eventInfo,
  eventStatus,
  partial,
  roomId,
  roomVersion,
  serverName,
  shape,
  stateEntry,
  stateTuples,
  timestamp,
  verdictReason,
} from '../schemas.ts'

const wantedState = Type.Optional(
  Type.Intersect([stateTuples], { description: 'Only these; absent: the whole state.' }),
)
const inRoom = Type.Optional(
  Type.Intersect([serverName], { description: 'Refused unless this server is in the room.' }),
)
const direction = Type.Union([Type.Literal('forwards'), Type.Literal('backwards')])
/** The most that `/get_missing_events` and `/backfill` give at once. */
const graphLimit = Type.Integer({ minimum: 0, maximum: 500 })

export const stateQueries = {
  queryLatestEventsAndState: query({
    summary: 'The forward extremities of a room and its current state: what the next event builds on.',
    request: shape({ roomId, state: wantedState }),
    response: shape({
      roomVersion,
      forwardExtremities: eventIds,
      depth: Type.Integer({ description: 'One more than the greatest of the forward extremities.' }),
      state: Type.Array(eventInfo),
      partial,
    }),
    errors: ['M_NOT_FOUND'],
    partialState: 'partial',
  }),

  queryCurrentState: query({
    summary: 'The current state of a room: all of it, some entries, or all of some types.',
    request: shape({
      roomId,
      state: wantedState,
      types: Type.Optional(Type.Array(Type.String(), { maxItems: 1_000 })),
    }),
    response: shape({ state: Type.Array(eventInfo), partial }),
    errors: ['M_NOT_FOUND'],
    partialState: 'partial',
  }),

  queryStateAfterEvents: query({
    summary: 'The state after some events: what their states resolve to.',
    request: shape({ roomId, eventIds, state: wantedState }),
    response: shape({ roomVersion, state: Type.Array(eventInfo), partial }),
    errors: ['M_NOT_FOUND'],
    partialState: 'partial',
  }),

  queryStateAtEvent: query({
    summary: 'The state before or after an event, as event IDs.',
    request: shape({
      roomId,
      eventId,
      when: Type.Union([Type.Literal('before'), Type.Literal('after')]),
      state: wantedState,
    }),
    response: shape({ entries: Type.Array(stateEntry), partial }),
    errors: ['M_NOT_FOUND'],
    partialState: 'partial',
  }),

  queryStateAndAuthChain: query({
    summary:
      'The state before an event and the auth chain of that state, for another server: `/state` and `/state_ids`.',
    request: shape({
      roomId,
      eventId,
      idsOnly: Type.Boolean(),
      seenBy: Type.Optional(
        Type.Intersect([serverName], {
          description: 'Refused unless this server is in the room and may see the event.',
        }),
      ),
    }),
    response: shape({
      stateIds: Type.Optional(eventIds),
      authChainIds: Type.Optional(eventIds),
      state: Type.Optional(Type.Array(Type.String({ description: 'A PDU, as JSON text.' }))),
      authChain: Type.Optional(Type.Array(Type.String({ description: 'A PDU, as JSON text.' }))),
    }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
    partialState: 'waits',
  }),

  queryAuthChain: query({
    summary: 'The auth chain of some events: their auth events, the auth events of these, and so on.',
    request: shape({ roomId, eventIds, idsOnly: Type.Boolean(), seenBy: inRoom }),
    response: shape({
      eventIds: Type.Optional(Type.Array(eventId)),
      events: Type.Optional(Type.Array(Type.String({ description: 'A PDU, as JSON text.' }))),
    }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
  }),

  queryMissingAuthPrevEvents: query({
    summary: 'Which of some auth and prev events are not here.',
    request: shape({ roomId, authEventIds: eventIds, prevEventIds: eventIds }),
    response: shape({
      roomExists: Type.Boolean(),
      missingAuthEventIds: eventIds,
      missingPrevEventIds: eventIds,
    }),
  }),

  queryEventsById: query({
    summary: 'Events of a room by ID. Those that are not here are left out.',
    request: shape({ roomId, eventIds }),
    response: shape({ events: Type.Array(eventInfo) }),
  }),

  queryEventForServer: query({
    summary: 'An event by ID alone, for a server: looked for in the rooms that it is in.',
    request: shape({ server: serverName, eventId }),
    response: shape({ event: eventInfo }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
  }),

  queryMissingEvents: query({
    summary: 'The events between what a server has and what it has heard of: `/get_missing_events`, breadth first.',
    request: shape({
      roomId,
      server: serverName,
      earliestEvents: eventIds,
      latestEvents: eventIds,
      limit: graphLimit,
      minDepth: Type.Integer(),
    }),
    response: shape({
      events: Type.Array(
        Type.String({ description: 'A PDU, as JSON text; redacted where the server may not see it.' }),
      ),
    }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
  }),

  queryBackfill: query({
    summary: 'The events before and including some, for a server: `/backfill`, newest first.',
    request: shape({ roomId, server: serverName, eventIds, limit: graphLimit }),
    response: shape({
      events: Type.Array(
        Type.String({ description: 'A PDU, as JSON text; redacted where the server may not see it.' }),
      ),
    }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
  }),

  queryEventNearTime: query({
    summary: 'The event of a room that is nearest to a point in time, at or after it, or at or before it.',
    request: shape({ roomId, timestamp, direction, seenBy: inRoom }),
    response: shape({ eventId, timestamp }),
    errors: ['M_NOT_FOUND', 'M_FORBIDDEN'],
  }),

  queryVerdict: query({
    summary: 'What became of an event and why: status, check, rule, deciding event, and where it stands.',
    request: shape({ roomId: Type.Optional(roomId), eventId }),
    response: shape({
      roomId,
      eventId,
      type: Type.String(),
      stateKey: Type.Optional(Type.String()),
      status: eventStatus,
      outlier: Type.Boolean(),
      provisional: Type.Boolean({ description: 'It rests on a state that was given and may change.' }),
      reason: Type.Optional(verdictReason),
      origin: Type.String({ description: 'The server it came from first.' }),
      depth: Type.String({ description: 'As it says itself; a decimal number of any size.' }),
      prevEvents: eventIds,
      authEvents: eventIds,
      isForwardExtremity: Type.Boolean(),
      isInCurrentState: Type.Boolean(),
      redactedBecause: Type.Optional(eventId),
      stateBefore: Type.Union(
        [
          Type.Literal('computed'),
          Type.Literal('given'),
          Type.Literal('partial'),
          Type.Literal('imported'),
          Type.Literal('none'),
        ],
        { description: 'Where the state before it comes from; none for outliers.' },
      ),
    }),
    errors: ['M_NOT_FOUND'],
  }),

  queryResolution: query({
    summary:
      'Why an entry of the current state is what it is: the candidates, their order, and the rule that each failed.',
    request: shape({ roomId, type: Type.String(), stateKey: Type.String() }),
    response: shape({
      current: Type.Optional(eventId),
      conflicted: Type.Boolean({ description: 'The forward extremities do not agree on it.' }),
      states: Type.Array(shape({ extremity: eventId, eventId: Type.Optional(eventId) }), {
        description: 'What each forward extremity has for it.',
      }),
      steps: Type.Array(
        shape({
          eventId,
          allowed: Type.Boolean(),
          rule: Type.Optional(Type.String()),
          reason: Type.Optional(Type.String()),
        }),
        { description: 'The events that were checked, in order; all keys, since one decides on another.' },
      ),
    }),
    errors: ['M_NOT_FOUND'],
    partialState: 'waits',
  }),
} as const
