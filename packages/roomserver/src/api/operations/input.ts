/**
 * Taking events in, and telling what happened. docs/way-of-an-event.md.
 */
import { type Static, Type } from 'typebox'
import { perform, query } from '../operation.ts'
import { outputEvent } from '../output-event.ts'
import {
  eventId,
  eventIds,
  limit,
  position,
  roomId,
  roomVersion,
  serverName,
  shape,
  verdictReason,
} from '../schemas.ts'

/** Items of one request: a federation transaction has at most 50 PDUs; a join's state comes in parts. */
const maxItems = 10_000
/** The longest that a caller may wait for outputs. Milliseconds: proxies often cut off after a minute. */
const maxWait = 55_000

/** What is put into the room server. */
export const inputItem = shape({
  kind: Type.Union([Type.Literal('new'), Type.Literal('old'), Type.Literal('outlier')], {
    description:
      'new: the whole pipeline; may become a forward extremity. old: history; its state is computed, extremities stay. outlier: allowed by its auth events only.',
  }),
  roomId,
  roomVersion,
  pdu: Type.String({ description: 'The event in federation form, as JSON text.' }),
  origin: serverName,
  stateEventIds: Type.Optional(
    Type.Array(eventId, { description: 'The state before the event, by the word of its origin; stored already.' }),
  ),
  sendAsServer: Type.Optional(
    Type.String({ description: 'Send the event on to other servers in the name of this one.' }),
  ),
  transactionId: Type.Optional(shape({ session: Type.String(), id: Type.String() })),
})

/** What became of an item. */
export const inputResult = shape({
  kind: Type.Union([
    Type.Literal('accepted'),
    Type.Literal('soft-failed'),
    Type.Literal('rejected'),
    Type.Literal('outlier'),
    Type.Literal('known'),
    Type.Literal('dropped'),
    Type.Literal('waiting'),
    Type.Literal('failed'),
  ]),
  eventId: Type.Optional(eventId),
  reason: Type.Optional(verdictReason),
  waitsFor: Type.Optional(Type.Array(Type.String())),
})

export type InputItemInfo = Static<typeof inputItem>
export type InputResultInfo = Static<typeof inputResult>

export const inputOperations = {
  inputRoomEvents: perform({
    summary: 'Takes events into their rooms, each with its own result, in the order of the request.',
    request: shape({
      items: Type.Array(inputItem, { maxItems }),
      async: Type.Optional(
        Type.Boolean({ description: 'Answer once they are durably queued: results are left out then. Default false.' }),
      ),
      keep: Type.Optional(
        Type.Boolean({
          description: 'What has to wait, or failed, is kept durably and tried again from time to time. Default false.',
        }),
      ),
    }),
    response: shape({ results: Type.Array(inputResult) }),
    errors: ['M_LIMIT_EXCEEDED'],
  }),

  inputEventWithState: perform({
    summary:
      'Takes an event together with the state before it: the state and its auth events as outliers, then the event.',
    request: shape({
      event: inputItem,
      state: Type.Array(Type.String({ description: 'A state event, as JSON text.' })),
      authEvents: Type.Array(Type.String({ description: 'An event of the auth chains, as JSON text.' })),
      partial: Type.Optional(Type.Boolean({ description: 'The state is known to lack members. Default false.' })),
    }),
    response: shape({ result: inputResult, notTaken: eventIds }),
    errors: ['M_LIMIT_EXCEEDED'],
  }),

  readOutput: query({
    summary: 'What happened after a position, in order: at least once, under the same position when repeated.',
    request: shape({
      after: position,
      limit: Type.Optional(limit),
      wait: Type.Optional(
        Type.Integer({ minimum: 0, maximum: maxWait, description: 'Milliseconds to wait where there is nothing yet.' }),
      ),
      stateBefore: Type.Optional(
        Type.Boolean({
          description: 'Tell of new events beside other branches in what the state before them differs.',
        }),
      ),
    }),
    response: shape({
      events: Type.Array(outputEvent),
      position: Type.String({ description: 'The position after the last of them: `after` of the next call.' }),
    }),
  }),
} as const
