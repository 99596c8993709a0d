/**
 * Shapes that several operations share. Limits: 255 bytes is the specification's for identifiers; how many of a thing a
 * request may name is bounded so that one request is a bounded piece of work.
 */
import { type Static, type TSchema, Type } from 'typebox'

/** Identifiers have at most 255 bytes, so at most as many characters. Appendices, "Identifier Grammar". */
const maxIdentifier = 255
/** Event IDs, users or tuples that one request may name. */
export const maxNamed = 10_000
/** A page, where the caller names no limit; and the most that it may name. */
export const defaultPage = 100
export const maxPage = 10_000

/** An object that has nothing but what is named: a misspelt key is an error and not ignored. */
export function shape<P extends Record<string, TSchema>>(properties: P) {
  return Type.Object(properties, { additionalProperties: false })
}

const identifier = (description: string) => Type.String({ minLength: 1, maxLength: maxIdentifier, description })

export const roomId = identifier('A room ID.')
export const eventId = identifier('An event ID.')
export const userId = identifier('A user ID.')
export const roomAlias = identifier('A room alias.')
export const serverName = identifier('A server name.')
export const eventType = Type.String({ maxLength: maxIdentifier, description: 'An event type.' })
export const stateKey = Type.String({ maxLength: maxIdentifier, description: 'A state key.' })
export const roomVersion = Type.String({ minLength: 1, maxLength: 32, description: 'A room version.' })
export const timestamp = Type.Integer({ minimum: 0, description: 'Milliseconds since 1970.' })
/** Opaque to callers: where a list goes on. */
export const next = Type.String({
  maxLength: 1_000,
  description: 'Where the list goes on: give it as `after`. Absent at its end.',
})
export const after = Type.String({ maxLength: 1_000, description: 'The `next` of the answer before.' })
export const limit = Type.Integer({
  minimum: 1,
  maximum: maxPage,
  description: `How many at most; ${defaultPage} if absent.`,
})
export const position = Type.String({
  maxLength: 200,
  description: 'A position in the output log. Opaque; empty is its beginning.',
})

export const eventIds = Type.Array(eventId, { maxItems: maxNamed })
export const stateTuple = Type.Tuple([eventType, stateKey])
export const stateTuples = Type.Array(stateTuple, { maxItems: maxNamed })

export const membership = Type.Union(
  [Type.Literal('join'), Type.Literal('invite'), Type.Literal('knock'), Type.Literal('leave'), Type.Literal('ban')],
  { description: 'A membership.' },
)

/** JSON content of an event; what it may hold is for the room version to say. */
export const content = Type.Record(Type.String(), Type.Unknown(), { description: 'The content of an event.' })

/** Why an event is not simply accepted. */
export const verdictReason = shape({
  check: Type.String({ description: 'The check that it failed, as the pipeline names it.' }),
  rule: Type.String({ description: 'The rule of the specification; the check again where it is none.' }),
  reason: Type.String({ description: 'A sentence for people.' }),
  decidedBy: Type.Optional(eventId),
})

export const eventStatus = Type.Union([Type.Literal('accepted'), Type.Literal('soft-failed'), Type.Literal('rejected')])

/** An event as it leaves the room server. */
export const eventInfo = shape({
  eventId,
  roomId,
  roomVersion,
  pdu: Type.String({
    description: 'The event in federation form, as JSON text: redacted where a redaction applies, without `unsigned`.',
  }),
  status: eventStatus,
  outlier: Type.Boolean({ description: 'Judged by its auth events only: its place in the graph is not known here.' }),
  redactedBecause: Type.Optional(eventId),
})

/** An entry of a state. */
export const stateEntry = Type.Tuple([eventType, stateKey, eventId])

export const partial = Type.Boolean({ description: 'The room was joined lately and its state is not complete yet.' })

export type EventInfo = Static<typeof eventInfo>
export type VerdictReasonInfo = Static<typeof verdictReason>
export type Membership = Static<typeof membership>
export type StateTupleNames = Static<typeof stateTuple>
