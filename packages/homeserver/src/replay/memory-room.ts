/**
 * A room in memory: takes events as they arrive and runs each through the checks on receipt. No storage, no network, no
 * missing events: every event comes after those that it refers to. Server-server API, "Checks performed on receipt of a
 * PDU".
 */
import {
  type Crypto,
  type EventId,
  type EventNumber,
  PduError,
  type RoomEvent,
  type RoomVersionRules,
  readPdu,
  type StateMap,
  type VerifyKeys,
  verifyEvent,
} from '@neurite/protocol'
import { EventTable } from './event-table.ts'
import type { StateRow } from './room-file.ts'
import type { RoomJudge } from './room-judge.ts'
import {
  type ArrivingEvent,
  MissingEventError,
  type Outcome,
  RepeatedEventError,
  type RoomUnderTest,
  type StateUnderTest,
} from './room-under-test.ts'

const emptyState: StateMap = new Map()

export class MemoryRoom implements RoomUnderTest {
  readonly events = new EventTable()
  readonly #rules: RoomVersionRules
  readonly #keys: VerifyKeys
  readonly #judge: RoomJudge
  readonly #crypto: Crypto
  readonly #statesBefore: StateMap[] = []
  readonly #statesAfter: StateMap[] = []
  readonly #softFailed = new Set<EventNumber>()
  readonly #extremities = new Set<EventNumber>()
  #current: StateMap | undefined = emptyState

  constructor(rules: RoomVersionRules, keys: VerifyKeys, judge: RoomJudge, crypto: Crypto) {
    this.#rules = rules
    this.#keys = keys
    this.#judge = judge
    this.#crypto = crypto
  }

  forwardExtremities(): Promise<string[]> {
    return Promise.resolve([...this.#extremities].map(event => this.events.event(event).eventId).sort())
  }

  currentState(): Promise<StateUnderTest> {
    return Promise.resolve(this.#underTest(this.#currentState()))
  }

  stateBefore(eventId: string): Promise<StateUnderTest | undefined> {
    const number = this.events.numberOf(eventId)
    return Promise.resolve(number === undefined ? undefined : this.#underTest(this.#statesBefore[number] as StateMap))
  }

  /** The IDs of the state before an event; undefined where the room has no such event. */
  stateIdsBefore(eventId: string): EventId[] | undefined {
    const number = this.events.numberOf(eventId)
    if (number === undefined) return undefined
    return [...(this.#statesBefore[number] as StateMap).values()].map(entry => this.events.event(entry).eventId)
  }

  receive(events: readonly ArrivingEvent[]): Promise<Outcome[]> {
    try {
      return Promise.resolve(events.map(({ pdu }) => this.#receive(pdu)))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #underTest(state: StateMap): StateUnderTest {
    const { events } = this
    return {
      id: state,
      get rows() {
        return [...state.values()].map((number): StateRow => {
          const { type, stateKey = '', eventId } = events.event(number)
          return [type, stateKey, eventId]
        })
      },
    }
  }

  /** What the states after the forward extremities resolve to. */
  #currentState(): StateMap {
    this.#current ??= this.#resolve([...this.#extremities])
    return this.#current
  }

  #receive(pdu: string): Outcome {
    // 1. Form.
    const read = this.#read(pdu)
    if (read instanceof PduError) return dropped('malformed', undefined, read.message)
    // 2. Signatures. They cover the redacted form, so they hold whatever became of the content.
    const signatures = verifyEvent(read.event, this.#keys, this.#crypto)
    if (!signatures.valid) return dropped('signature', read.event.eventId, signatures.reason)
    // 3. Content hash: where it does not fit, the event goes on redacted.
    const redacted = !read.contentHashMatches
    const event = redacted ? read.event.redacted() : read.event
    const known = this.events.numberOf(event.eventId)
    if (known !== undefined) throw new RepeatedEventError(event.eventId)

    const authEvents = event.authEvents.map(id => this.#numberOf(id, event))
    const prevEvents = event.prevEvents.map(id => this.#numberOf(id, event))
    const stateBefore = this.#resolve(prevEvents)
    const number = this.events.add(event, authEvents, prevEvents)
    this.#statesBefore.push(stateBefore)

    const byAuthEvents = this.#judge.byAuthEvents(number, this.events) // 4
    const failed = byAuthEvents ?? this.#judge.byState(number, stateBefore, this.events) // 5
    if (failed !== undefined) {
      this.events.reject(number)
      this.#statesAfter.push(stateBefore)
      const check = byAuthEvents === undefined ? 'state_before' : 'auth_events'
      return {
        eventId: event.eventId,
        verdict: 'rejected',
        check,
        reason: failed,
        softFailed: false,
        redacted,
      }
    }
    this.#statesAfter.push(event.stateKey === undefined ? stateBefore : this.#with(stateBefore, number))
    const softFailure = this.#softFailure(number, prevEvents) // 6
    if (softFailure !== undefined) this.#softFailed.add(number)
    else this.#advance(number, prevEvents)
    return {
      eventId: event.eventId,
      verdict: 'accepted',
      check: undefined,
      reason: softFailure,
      softFailed: softFailure !== undefined,
      redacted,
    }
  }

  #read(pdu: string) {
    try {
      return readPdu(pdu, this.#rules, this.#crypto)
    } catch (error) {
      if (error instanceof PduError) return error
      throw error
    }
  }

  #numberOf(eventId: string, referrer: RoomEvent): EventNumber {
    const number = this.events.numberOf(eventId)
    if (number === undefined) throw new MissingEventError(referrer.eventId, eventId)
    return number
  }

  /** The state that the states after some events resolve to. States that are the same object are taken once. */
  #resolve(events: readonly EventNumber[]): StateMap {
    const states = [...new Set(events.map(event => this.#statesAfter[event] as StateMap))]
    const [only] = states
    if (states.length <= 1) return only ?? emptyState
    return this.#judge.resolve(states, this.events, this.#rules)
  }

  #with(state: StateMap, event: EventNumber): StateMap {
    return new Map(state).set(this.events.keyOf(event), event)
  }

  /** Check 6: why the current state does not allow the event; not asked where the event builds on exactly that state. */
  #softFailure(event: EventNumber, prevEvents: readonly EventNumber[]): string | undefined {
    const unique = new Set(prevEvents)
    if (unique.size === this.#extremities.size && unique.isSubsetOf(this.#extremities)) return undefined
    return this.#judge.byState(event, this.#currentState(), this.events)
  }

  /**
   * Makes an event a forward extremity in place of those it builds on, also where only rejected or soft-failed events lie
   * between.
   */
  #advance(event: EventNumber, prevEvents: readonly EventNumber[]): void {
    const open = [...prevEvents]
    const seen = new Set(open)
    for (let prev = open.pop(); prev !== undefined; prev = open.pop()) {
      this.#extremities.delete(prev)
      if (!this.#softFailed.has(prev) && !this.events.isRejected(prev)) continue
      for (const further of this.events.prevEvents(prev))
        if (!seen.has(further)) {
          seen.add(further)
          open.push(further)
        }
    }
    this.#extremities.add(event)
    this.#current = this.#extremities.size === 1 ? this.#statesAfter[event] : undefined
  }
}

function dropped(check: 'malformed' | 'signature', eventId: string | undefined, reason: string): Outcome {
  return { eventId, verdict: 'dropped', check, reason, softFailed: false, redacted: false }
}
