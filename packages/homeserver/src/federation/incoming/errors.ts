/**
 * What other servers are refused with: an errcode and its HTTP status. What the room server refuses keeps its own. Server-server API, "API
 * standards".
 */
import { RoomServerError } from '@neurite/roomserver/api'
import { DeadlineExceeded } from '@neurite/roomserver/runtime'

export class FederationError extends Error {
  readonly status: number
  readonly errcode: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(status: number, errcode: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'FederationError'
    this.status = status
    this.errcode = errcode
    this.details = details
  }
}

export const invalid = (message: string) => new FederationError(400, 'M_INVALID_PARAM', message)
export const missing = (parameter: string) => new FederationError(400, 'M_MISSING_PARAM', `${parameter} is missing`)
export const badJson = (message: string) => new FederationError(400, 'M_BAD_JSON', message)
export const notFound = (message: string) => new FederationError(404, 'M_NOT_FOUND', message)
export const forbidden = (message: string) => new FederationError(403, 'M_FORBIDDEN', message)

/** Status and body of the answer; undefined for what is unexpected, of which the other server learns nothing. */
export function refusalOf(error: unknown): { readonly status: number; readonly body: object } | undefined {
  if (error instanceof FederationError) {
    const { status, errcode, message, details } = error
    return { status, body: { errcode, error: message, ...details } }
  }
  if (error instanceof RoomServerError) {
    const { status, errcode, message, details } = error
    const { retryAfterMs, roomVersion } = details
    const more = {
      ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
      ...(roomVersion === undefined ? {} : { room_version: roomVersion }),
    }
    return { status, body: { errcode, error: message, ...more } }
  }
  if (error instanceof DeadlineExceeded)
    return { status: 504, body: { errcode: 'M_TIMEOUT', error: 'it took too long; what was begun goes on' } }
  return refusalByFramework(error)
}

/** What the HTTP framework refuses before an endpoint is reached. */
function refusalByFramework(error: unknown) {
  const { statusCode: status, message } = error as { readonly statusCode?: number; readonly message?: string }
  if (status === undefined || status >= 500) return undefined
  const errcode = status === 413 ? 'M_TOO_LARGE' : 'M_BAD_JSON'
  return { status, body: { errcode, error: message ?? 'the request cannot be read' } }
}
