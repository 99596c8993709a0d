/**
 * What the room server tells the rest of the server, in the order of positions. Events by ID; whoever needs one asks for it.
 */
import { type Static, Type } from 'typebox'
import { eventId, eventIds, eventStatus, membership, roomId, serverName, shape, userId } from './schemas.ts'

/** Events that came into a state and went out of it. */
const stateDelta = shape({ added: eventIds, removed: eventIds })

const transactionId = shape({ session: Type.String(), id: Type.String() })

/** The member event that ended an invite or a knock from outside: no room here holds it. */
const outsideLeave = shape({ eventId, roomVersion: Type.String(), pdu: Type.String() })

export const output = Type.Union([
  shape({
    kind: Type.Literal('new'),
    eventId,
    forwardExtremities: Type.Intersect([eventIds], { description: 'After the event; of more than 100 the youngest.' }),
    state: Type.Intersect([stateDelta], { description: 'How the current state changed.' }),
    historyVisibility: Type.String(),
    rewritesState: Type.Optional(
      Type.Boolean({
        description:
          'This server came into the room with it: the current state is what was given, whatever it was when this server was there before. `state` says what changed all the same.',
      }),
    ),
    stateBefore: Type.Optional(
      Type.Union([stateDelta, Type.Null()], {
        description:
          'Where it was asked for, and the state before the event is not the current state as it was then: what came in and went out between that and this. null: it is not known any more.',
      }),
    ),
    sendAsServer: Type.Optional(serverName),
    transactionId: Type.Optional(transactionId),
  }),
  shape({ kind: Type.Literal('old'), eventId, historyVisibility: Type.String() }),
  shape({ kind: Type.Literal('redacted'), eventId, because: eventId }),
  shape({
    kind: Type.Literal('unredacted'),
    eventId,
    because: Type.Intersect([eventId], { description: 'The redaction that turned out not to count.' }),
  }),
  shape({
    kind: Type.Literal('state-corrected'),
    eventId,
    status: eventStatus,
    before: stateDelta,
    current: stateDelta,
  }),
  shape({ kind: Type.Literal('invite'), userId, eventId }),
  shape({ kind: Type.Literal('invite-retired'), userId, membership }),
  shape({ kind: Type.Literal('outside-invite'), userId, eventId, knock: Type.Boolean() }),
  shape({
    kind: Type.Literal('outside-invite-retired'),
    userId,
    why: Type.String(),
    leave: Type.Optional(outsideLeave),
  }),
  shape({ kind: Type.Literal('peek'), userId, device: Type.String() }),
  shape({ kind: Type.Literal('peek-retired'), userId, device: Type.String() }),
  shape({ kind: Type.Literal('inbound-peek'), server: serverName, peekId: Type.String() }),
  shape({ kind: Type.Literal('inbound-peek-retired'), server: serverName, peekId: Type.String() }),
  shape({ kind: Type.Literal('purged') }),
  shape({ kind: Type.Literal('gone') }),
])

/** An output with its place. */
export const outputEvent = shape({
  position: Type.String(),
  roomId: Type.Union([roomId, Type.Literal('')], { description: 'Empty: the room was purged since.' }),
  output,
})

export type OutputInfo = Static<typeof output>
export type OutputEventInfo = Static<typeof outputEvent>
