/**
 * What both ends of the contract over HTTP agree on: one POST an operation, JSON both ways, a shared secret, and headers for the
 * caller's time and for safe retries.
 */
import type { OperationName } from '../api/index.ts'

/** Raised when an operation changes in a way that older callers would misread. */
const version = 'v1'
export const basePath = `/_neurite/${version}`

export function pathOf(name: OperationName): string {
  return `${basePath}/${name}`
}

/** How long the caller waits, in milliseconds. The server answers `M_TIMEOUT` before that; what was begun goes on. */
export const timeoutHeader = 'neurite-timeout-ms'
/** Calls with the same key are one call. */
export const idempotencyHeader = 'idempotency-key'
export const maxIdempotencyKey = 255

/** How an error looks on the wire: as everywhere in Matrix. */
export interface ErrorBody {
  readonly errcode: string
  readonly error: string
  readonly retry_after_ms?: number
  readonly room_version?: string
  readonly rule?: string
  readonly decided_by?: string
}
