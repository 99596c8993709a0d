/**
 * What callers put into the room server, and what they learn of it. Kinds and results as every room server has them:
 * docs/way-of-an-event.md.
 */
import type { EventId } from '@neurite/protocol'
import type { VerdictReason } from '../storage/index.ts'

/**
 * - `new`: goes through the whole pipeline, may become a forward extremity, gives output.
 * - `old`: history, from backfill: its state is computed, extremities stay, output says "old".
 * - `outlier`: stored and allowed by its own auth events only; no state, no output.
 */
export type InputKind = 'new' | 'old' | 'outlier'

export interface InputItem {
  readonly kind: InputKind
  readonly roomId: string
  readonly roomVersion: string
  /** The event in federation form, as JSON text. */
  readonly pdu: string
  /** The server that it came from; the local server's name for events of its own. */
  readonly origin: string
  /** The state before the event by someone's word: IDs of events that are stored already. May be empty. */
  readonly stateEventIds?: readonly EventId[]
  /** The given state is known to lack members: it is made whole later (partial-state/). */
  readonly stateIsPartial?: true
  /** Send the event on to other servers in the name of this one; absent: do not. */
  readonly sendAsServer?: string
  readonly transactionId?: { readonly session: string; readonly id: string }
}

/** In the durable queue in place of events of a server that came past the queue's bound: they are missing, and it is to be asked. */
export interface MissingNote {
  readonly kind: 'missing'
  readonly roomId: string
  readonly roomVersion: string
  readonly origin: string
  /** The latest that came; what is before them follows from them. */
  readonly eventIds: readonly string[]
}

/** What became of an item. */
export type InputResult =
  | { readonly kind: 'accepted'; readonly eventId: string }
  | { readonly kind: 'soft-failed'; readonly eventId: string; readonly reason: VerdictReason }
  | { readonly kind: 'rejected'; readonly eventId: string; readonly reason: VerdictReason }
  /** Stored as an outlier. */
  | { readonly kind: 'outlier'; readonly eventId: string }
  /** Was here before, and what became of it then stands. */
  | { readonly kind: 'known'; readonly eventId: string; readonly reason: VerdictReason | undefined }
  /** Not an event, or not validly signed: nothing was stored. */
  | { readonly kind: 'dropped'; readonly eventId: string | undefined; readonly reason: VerdictReason }
  /** Something that it needs is missing. It stays in the durable queue and is tried again. */
  | {
      readonly kind: 'waiting'
      /** Undefined where it was not read yet. */
      readonly eventId: string | undefined
      readonly reason: VerdictReason
      /** The IDs of the events that are missing; empty where it is something else. */
      readonly waitsFor: readonly string[]
    }

/** A reason that no rule of the specification gives. */
export function plainReason(check: string, reason: string): VerdictReason {
  return { check, rule: check, reason, decidedBy: undefined }
}
