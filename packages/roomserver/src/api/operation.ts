/**
 * What an operation of the room server is: data. Every transport, client and document is derived from the table of them
 * (operations/index.ts); implementations stand in query/, perform/ and input/.
 */
import type { Static, TSchema } from 'typebox'
import type { ErrorCode } from './errors.ts'

/**
 * - `query`: reads. May be asked again at any time.
 * - `perform`: changes something. Over HTTP a retry needs an idempotency key to be safe.
 */
export type OperationKind = 'query' | 'perform'

/**
 * What an operation does in a room whose state is only known in part, as shortly after a join:
 * - `full`: its answer does not rest on what is missing.
 * - `waits`: it waits until the state is complete, within the caller's time.
 * - `partial`: it answers at once, and says `partial: true`.
 */
export type PartialStateBehaviour = 'full' | 'waits' | 'partial'

export interface Operation<Request extends TSchema = TSchema, Response extends TSchema = TSchema> {
  readonly kind: OperationKind
  /** One sentence. */
  readonly summary: string
  readonly request: Request
  readonly response: Response
  /** Those it may answer with besides what every operation may: `M_BAD_JSON`, `M_TIMEOUT`, `M_STORAGE_UNAVAILABLE`, `M_UNKNOWN`. */
  readonly errors: readonly ErrorCode[]
  readonly partialState: PartialStateBehaviour
}

/** Errcodes that any operation may answer with. */
export const commonErrors = ['M_BAD_JSON', 'M_TIMEOUT', 'M_STORAGE_UNAVAILABLE', 'M_UNKNOWN'] as const

export type RequestOf<O> = O extends Operation<infer Request, TSchema> ? Static<Request> : never
export type ResponseOf<O> = O extends Operation<TSchema, infer Response> ? Static<Response> : never

/** What a caller may say about a call, whatever the operation. */
export interface CallOptions {
  /** The caller does not wait any longer. What was begun goes on. */
  readonly signal?: AbortSignal
  /** Calls with the same key are one call: the second gets the first one's answer. For performs, over any transport. */
  readonly idempotencyKey?: string
}

/** An operation of the table, with the types of its schemas kept. */
export function query<Request extends TSchema, Response extends TSchema>(
  parts: Omit<Operation<Request, Response>, 'kind' | 'errors' | 'partialState'> &
    Partial<Pick<Operation, 'errors' | 'partialState'>>,
): Operation<Request, Response> {
  return { kind: 'query', errors: [], partialState: 'full', ...parts }
}

export function perform<Request extends TSchema, Response extends TSchema>(
  parts: Omit<Operation<Request, Response>, 'kind' | 'errors' | 'partialState'> &
    Partial<Pick<Operation, 'errors' | 'partialState'>>,
): Operation<Request, Response> {
  return { kind: 'perform', errors: [], partialState: 'full', ...parts }
}
