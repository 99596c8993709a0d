/**
 * What clients are refused with: a Matrix `errcode`, a sentence for people, and what belongs to it. The one place where an errcode
 * gets its HTTP status. Client-server API, "Standard error response".
 */
import { RoomServerError } from '@neurite/roomserver/api'
import { errorBody, toRoomServerError } from '@neurite/roomserver/inthttp'
import { DatabaseFailed } from '../storage/database.ts'

/** Every errcode of this head, and the HTTP status that goes with it unless an endpoint says otherwise. */
export const errorStatuses = {
  M_BAD_ALIAS: 400,
  M_BAD_JSON: 400,
  M_BAD_STATUS: 502,
  M_CANNOT_LEAVE_SERVER_NOTICE_ROOM: 403,
  M_CANNOT_OVERWRITE_MEDIA: 409,
  M_CONNECTION_FAILED: 502,
  M_CONNECTION_TIMEOUT: 504,
  M_EXCLUSIVE: 400,
  M_FORBIDDEN: 403,
  M_INVALID_PARAM: 400,
  M_INVALID_SIGNATURE: 400,
  M_INVALID_USERNAME: 400,
  M_KEY_TOO_LARGE: 400,
  M_LIMIT_EXCEEDED: 429,
  M_MISSING_PARAM: 400,
  M_MISSING_TOKEN: 401,
  M_NOT_FOUND: 404,
  M_NOT_JSON: 400,
  M_NOT_YET_UPLOADED: 504,
  M_PROFILE_TOO_LARGE: 400,
  M_TOO_LARGE: 413,
  M_UNKNOWN: 500,
  M_UNKNOWN_DEVICE: 400,
  M_UNKNOWN_TOKEN: 401,
  M_UNREACHABLE: 502,
  M_UNRECOGNIZED: 404,
  M_URL_NOT_SET: 400,
  M_USER_DEACTIVATED: 403,
  M_USER_IN_USE: 400,
  M_USER_LOCKED: 401,
  M_USER_SUSPENDED: 403,
  M_WEAK_PASSWORD: 400,
  M_WRONG_ROOM_KEYS_VERSION: 403,
} as const

export type ErrorCode = keyof typeof errorStatuses

export interface ErrorOptions {
  /** Where the endpoint answers with another status than usual. */
  readonly status?: number
  /** What stands in the body beside `errcode` and `error`. */
  readonly fields?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** A request was refused. */
export class ClientError extends Error {
  readonly errcode: ErrorCode
  readonly status: number
  readonly fields: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(errcode: ErrorCode, message: string, { status, fields = {}, headers = {} }: ErrorOptions = {}) {
    super(message)
    this.name = 'ClientError'
    this.errcode = errcode
    this.status = status ?? errorStatuses[errcode]
    this.fields = fields
    this.headers = headers
  }
}

/** An answer that is an error, ready to be sent. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  /** Nothing was prepared for it. */
  readonly isUnexpected: boolean
}

/** Any error as an answer. What is unexpected is `M_UNKNOWN`, without its message, which may hold anything. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof ClientError) {
    const { errcode, message, status, headers, fields } = error
    return { status, headers, body: { errcode, error: message, ...fields }, isUnexpected: false }
  }
  if (error instanceof DatabaseFailed)
    return {
      status: 503,
      headers: {},
      body: { errcode: 'M_UNKNOWN', error: 'nothing can be stored at the moment' },
      isUnexpected: true,
    }
  const refusal = toRoomServerError(error)
  return {
    status: refusal.status,
    headers: {},
    body: { ...errorBody(refusal) },
    isUnexpected: !(error instanceof RoomServerError) || error.errcode === 'M_UNKNOWN',
  }
}

/** There is nothing by that name. */
export function notFound(what: string): ClientError {
  return new ClientError('M_NOT_FOUND', what)
}

export function forbidden(why: string): ClientError {
  return new ClientError('M_FORBIDDEN', why)
}

export function invalidParameter(why: string): ClientError {
  return new ClientError('M_INVALID_PARAM', why)
}
