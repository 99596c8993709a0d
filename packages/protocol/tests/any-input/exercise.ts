/**
 * Does with an input what a server does with a PDU, and everything else that takes an event.
 */
import assert from 'node:assert/strict'
import {
  AuthState,
  authEventKeys,
  authorizeByAuthEvents,
  authorizeByState,
  canonicalJson,
  isPowerEvent,
  type JudgedEvent,
  mayRedact,
  nodeCrypto,
  PduError,
  type RoomEvent,
  type RoomVersionRules,
  readPdu,
  readStoredPdu,
  referenceHash,
  ruleNumber,
  type StateLookup,
  strippedState,
  type Verdict,
  verifyEvent,
} from '@neurite/protocol'
import { alice, bob, keys, type SignedRoom } from './signed-pdus.ts'

/** Reads an input: an event, or the error that says why it is none. Whatever else is thrown is a fault. */
export function read(input: string | Uint8Array, rules: RoomVersionRules): RoomEvent | PduError {
  try {
    return readPdu(input, rules, nodeCrypto).event
  } catch (error) {
    if (error instanceof PduError) return error
    throw error
  }
}

/** Looks up in a list of events: the last one of a key counts. */
export function stateOf(events: readonly RoomEvent[]): StateLookup {
  return (type, stateKey) => events.findLast(event => event.type === type && event.stateKey === stateKey)
}

/** The states that an event and its room can make: nothing, the room, the room with the event in it, the event alone. */
export function statesWith(event: RoomEvent, { events }: SignedRoom): readonly (readonly RoomEvent[])[] {
  const beginning = events.slice(0, 6)
  return [[], events, beginning, [...beginning, event], [event]]
}

/** Calls everything that takes an event. */
export function exercise(event: RoomEvent, room: SignedRoom): void {
  const redacted = event.redacted()
  assert.equal(redacted.signedText, event.signedText)
  for (const form of [event, redacted]) {
    for (const state of statesWith(form, room)) judge(form, stateOf(state), room)
    verifyEvent(form, keys, nodeCrypto)
    isPowerEvent(form)
    authEventKeys(form)
    canonicalJson(form.json)
    if (form.stateKey === undefined) assert.throws(() => strippedState(form), RangeError)
    else canonicalJson(strippedState(form))
  }
  assert.deepEqual(
    referenceHash(redacted.json, room.rules, nodeCrypto),
    referenceHash(event.json, room.rules, nodeCrypto),
  )
  assert.equal(readStoredPdu(event.canonicalText, event.eventId, room.rules).roomId, event.roomId)
}

function judge(event: RoomEvent, lookup: StateLookup, { events, rules }: SignedRoom): void {
  isVerdict(authorizeByState(event, lookup, nodeCrypto), rules)
  // And as part of the state that others are judged by.
  for (const other of events) isVerdict(authorizeByState(other, lookup, nodeCrypto), rules)
  const judged =
    (rejected: boolean) =>
    (authEvent: RoomEvent): JudgedEvent => ({ event: authEvent, rejected })
  const [create] = events
  for (const authEvents of [[], events.slice(0, 3), [event], [event, event], events])
    for (const rejected of [false, true]) {
      const list = authEvents.map(judged(rejected))
      const first = create && judged(rejected)(create)
      isVerdict(authorizeByAuthEvents(event, list, first, nodeCrypto), rules)
      isVerdict(authorizeByAuthEvents(event, list, undefined, nodeCrypto), rules)
    }
  const state = new AuthState(lookup, rules.auth)
  for (const user of [alice, bob, event.sender]) assert.notEqual(state.powerLevelOf(user), undefined)
  for (const other of events) mayRedact(event, other, state)
}

function isVerdict(verdict: Verdict, rules: RoomVersionRules): void {
  assert.notEqual(ruleNumber(verdict.rule, rules), undefined, `version ${rules.version} has no rule ${verdict.rule}`)
}
