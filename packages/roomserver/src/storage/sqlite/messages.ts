/**
 * What the main thread and the writer's thread say to each other.
 */
import type { FaultPlan } from './faults.ts'
import type { Tape } from './tape.ts'

/** What a write is; the first value on its tape. */
export const writeKinds = { commit: 0, enqueue: 1, retry: 2, dequeue: 3, reserve: 4, change: 5, purge: 6 } as const

export interface WriteMessage {
  readonly kind: 'write'
  /** Names that later writes may use: NID and name in turn, written before them. */
  readonly eventTypes: Tape
  readonly stateKeys: Tape
  /** The writes are numbered from this one on. */
  readonly firstWrite: number
  readonly writes: Tape
  /** Where each of them begins. */
  readonly starts: readonly number[]
}

export type ToWriter =
  | WriteMessage
  | { readonly kind: 'faults'; readonly faults: FaultPlan }
  | { readonly kind: 'report' }
  | { readonly kind: 'close' }

/** How a write ended. */
export const ends = {
  /** Detail: the first position, first queue row, first number of the range; of a purge whether anything is left: 1 or 0. */
  done: 0,
  /** Detail: the room's counter, or 'purged'. */
  movedOn: 1,
  /** Detail, as for those that follow: a sentence. */
  full: 2,
  failed: 3,
  refused: 4,
  /** Detail: which of the aliases that must be free, by its place among them. */
  aliasTaken: 5,
} as const

export type FromWriter =
  | { readonly kind: 'ready'; readonly epoch: number }
  | { readonly kind: 'cannot-open'; readonly reason: string }
  | {
      readonly kind: 'answers'
      /** The number of a write, how it ended, and the detail, in turn. */
      readonly answers: readonly (number | string)[]
      /** How many names are durable since the start, of both kinds. */
      readonly savedNames: readonly [eventTypes: number, stateKeys: number]
      /** Set once nothing is trusted any more. */
      readonly failure: string | undefined
      /** The epoch of the process that has taken over, where that is why. */
      readonly lostTo: number | undefined
    }
  | { readonly kind: 'report'; readonly report: WriterReport }
  | { readonly kind: 'closed' }

/** What the writer has done since it was opened. */
export interface WriterReport {
  readonly groups: number
  readonly writes: number
  readonly checkpoints: number
  /** Milliseconds of the longest group, its sync included, and of the longest checkpoint. */
  readonly longestGroup: number
  readonly longestCheckpoint: number
  /** Labels of the fault points passed since the plan was given, in order; only where it says `record`. */
  readonly faultPoints: readonly string[]
}
