/**
 * A step of the pipeline: looks at one event, and says whether it goes on. Steps read and never write; what they find out is
 * noted in the work, what follows from it is built at the end (room-change.ts).
 */
import type { Crypto, ServerName } from '@neurite/protocol'
import type { StateStore } from '../state/index.ts'
import type { Reader, VerdictReason } from '../storage/index.ts'
import type { EventSource } from './event-source.ts'
import type { PolicyServer } from './policy-server.ts'
import type { Room } from './room.ts'
import type { RoomChange } from './room-change.ts'
import type { Work } from './work.ts'

/** What a step may use. */
export interface StepContext {
  /** Shows what is decided and not yet committed, too. */
  readonly reader: Reader
  readonly events: EventSource
  readonly states: StateStore
  readonly crypto: Crypto
  /** Our own name: tells which users are local. */
  readonly serverName: ServerName
  readonly room: Room
  /** Takes the rows of states that are made on the way. */
  readonly change: RoomChange
  /** Lets other work run, where much has to be looked at: see breathing.ts. */
  readonly pause: () => Promise<void>
}

/**
 * Where an event goes from a step.
 * - `next`: to the following step.
 * - `reject`: kept with its reason, changes nothing.
 * - `soft-fail`: kept, counts in state, not shown; goes on.
 * - `wait`: something is missing that has to be fetched first.
 * - `ask-policy-server`: it goes no further without the signature of the room's policy server.
 * - `drop`: nothing is kept.
 * - `done`: nothing more to do, as for events that are here already.
 */
export type StepOutcome =
  | { readonly kind: 'next' }
  | { readonly kind: 'reject' | 'soft-fail' | 'drop'; readonly reason: VerdictReason }
  | { readonly kind: 'wait'; readonly needs: Missing }
  | { readonly kind: 'ask-policy-server'; readonly policyServer: PolicyServer }
  | { readonly kind: 'done' }

/** What an event waits for. */
export type Missing =
  | { readonly kind: 'auth-events'; readonly eventIds: readonly string[] }
  | { readonly kind: 'prev-events'; readonly eventIds: readonly string[] }

export interface Step {
  /** What logs, metrics and `explain` call it. */
  readonly name: string
  /** The step finds out something that is needed of a rejected event too. */
  readonly evenWhenRejected?: true
  run(work: Work, context: StepContext): Promise<StepOutcome>
}

export const next: StepOutcome = Object.freeze({ kind: 'next' })
export const done: StepOutcome = Object.freeze({ kind: 'done' })
