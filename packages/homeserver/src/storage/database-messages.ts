/**
 * What the main thread and the writer's thread say to each other.
 */
import type { SQLInputValue } from 'node:sqlite'

/** A statement with its values. */
export interface Statement {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

export interface StatementResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly changes: number
}

export type ToThread =
  | { readonly kind: 'write'; readonly write: number; readonly statements: readonly Statement[] }
  | { readonly kind: 'close' }

export interface WriteEnd {
  readonly write: number
  readonly results: StatementResult[]
  readonly error: string | undefined
  /** Nothing is trusted any more. */
  readonly failed: boolean
}

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'cannot-open'; readonly reason: string }
  | { readonly kind: 'done'; readonly writes: readonly WriteEnd[] }
