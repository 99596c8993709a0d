/**
 * A room that takes a file's events and can be asked what it made of them: in memory, or the whole pipeline on a database.
 */
import type { StateRow } from './room-file.ts'

/** A state of the room. */
export interface StateUnderTest {
  /** Equal for states that are known to be equal, so that each is hashed once. */
  readonly id: unknown
  readonly rows: readonly StateRow[]
}

/** What became of an event. */
export interface Outcome {
  /** Undefined where the event could not be read at all. */
  readonly eventId: string | undefined
  readonly verdict: 'accepted' | 'rejected' | 'dropped' | 'waiting'
  /** The first check that failed. */
  readonly check: string | undefined
  readonly reason: string | undefined
  readonly softFailed: boolean
  /** Its content did not fit its hash: it goes on in its redacted form. */
  readonly redacted: boolean
}

export interface RoomUnderTest {
  /**
   * Takes events, in order. @returns what became of each
   * @throws {MissingEventError} where one refers to an event that was dropped or has not arrived
   */
  receive(events: readonly ArrivingEvent[]): Promise<Outcome[]>
  /** The state before an event; undefined where the event was dropped. */
  stateBefore(eventId: string): Promise<StateUnderTest | undefined>
  currentState(): Promise<StateUnderTest>
  /** Event IDs, sorted. */
  forwardExtremities(): Promise<string[]>
  close(): Promise<void>
}

export interface ArrivingEvent {
  /** The PDU as JSON text. */
  readonly pdu: string
  /** The server that sends it. */
  readonly from: string
}

/** An event that refers to one that this room has not seen. */
export class MissingEventError extends Error {
  constructor(eventId: string, missing: string) {
    super(`event ${eventId} refers to ${missing}, which has not arrived before it`)
    this.name = 'MissingEventError'
  }
}

/** An event that the room has already: a file names each once. */
export class RepeatedEventError extends Error {
  constructor(eventId: string) {
    super(`event ${eventId} arrives twice`)
    this.name = 'RepeatedEventError'
  }
}

/** What the pipeline calls its checks, as files call them. */
export const checkNames: Readonly<Record<string, string>> = { form: 'malformed', signatures: 'signature' }
