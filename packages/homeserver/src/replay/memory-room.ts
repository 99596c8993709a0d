/**
 * A room in memory: takes events as they arrive and runs each through the checks on receipt. No storage, no network, no
 * missing events: every event comes after those that it refers to. Server-server API, "Checks performed on receipt of a
 * PDU".
 */
import {
  type Crypto,
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
import type { RoomJudge } from './room-judge.ts'

/** What became of an event. */
export interface Outcome {
  /** Undefined where the event could not be read at all. */
  readonly eventId: string | undefined
  readonly verdict: 'accepted' | 'rejected' | 'dropped'
  /** The first check that failed. */
  readonly check: 'malformed' | 'signature' | 'auth_events' | 'state_before' | undefined
  readonly reason: string | undefined
  readonly softFailed: boolean
  /** Its content did not fit its hash: it goes on in its redacted form. */
  readonly redacted: boolean
  /** Undefined where the event was dropped. */
  readonly stateBefore: StateMap | undefined
}

/** An event that refers to one that this room has not seen. */
export class MissingEventError extends Error {
  constructor(event: RoomEvent, missing: string) {
    super(`event ${event.eventId} refers to ${missing}, which has not arrived before it`)
    this.name = 'MissingEventError'
  }
}

/** An event that this room has already. A server would pass it over; a room file holds each event once. */
export class RepeatedEventError extends Error {
  constructor(event: RoomEvent) {
    super(`event ${event.eventId} arrives twice`)
    this.name = 'RepeatedEventError'
  }
}

const emptyState: StateMap = new Map()

export class MemoryRoom {
  readonly events = new EventTable()
  readonly #rules: RoomVersionRules
  readonly #keys: VerifyKeys
  readonly #judge: RoomJudge
  readonly #crypto: Crypto
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

  /** The event IDs of the forward extremities, sorted. */
  forwardExtremities(): string[] {
    return [...this.#extremities].map(event => this.events.event(event).eventId).sort()
  }

  /** The current state: what the states after the forward extremities resolve to. */
  currentState(): StateMap {
    this.#current ??= this.#resolve([...this.#extremities])
    return this.#current
  }

  /**
   * Takes one event, as JSON text.
   * @throws {MissingEventError} where it refers to an event that was dropped or has not arrived
   * @throws {RepeatedEventError} where it has arrived before
   */
  receive(pdu: string): Outcome {
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
    if (known !== undefined) throw new RepeatedEventError(event)

    const authEvents = event.authEvents.map(id => this.#numberOf(id, event))
    const prevEvents = event.prevEvents.map(id => this.#numberOf(id, event))
    const stateBefore = this.#resolve(prevEvents)
    const number = this.events.add(event, authEvents, prevEvents)

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
        stateBefore,
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
      stateBefore,
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
    if (number === undefined) throw new MissingEventError(referrer, eventId)
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
    return this.#judge.byState(event, this.currentState(), this.events)
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
  return { eventId, verdict: 'dropped', check, reason, softFailed: false, redacted: false, stateBefore: undefined }
}
