/**
 * Errors on their way over the wire, and back.
 */
import { type ErrorCode, errorStatuses, RoomServerError } from '../api/index.ts'
import { DeadlineExceeded } from '../runtime/index.ts'
import type { ErrorBody } from './wire.ts'

/** Any error as one of the contract: what is unexpected is `M_UNKNOWN`, without its message, which may hold anything. */
export function toRoomServerError(error: unknown): RoomServerError {
  if (error instanceof RoomServerError) return error
  if (error instanceof DeadlineExceeded)
    return new RoomServerError('M_TIMEOUT', `not done within ${error.milliseconds} ms; what was begun goes on`)
  return new RoomServerError('M_UNKNOWN', 'something unexpected went wrong; the log has more', {}, { cause: error })
}

export function errorBody({ errcode, message, details }: RoomServerError): ErrorBody {
  const { retryAfterMs, roomVersion, rule, decidedBy } = details
  return {
    errcode,
    error: message,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    ...(roomVersion === undefined ? {} : { room_version: roomVersion }),
    ...(rule === undefined ? {} : { rule }),
    ...(decidedBy === undefined ? {} : { decided_by: decidedBy }),
  }
}

/** @returns undefined where the body is not an error of ours */
export function fromErrorBody(body: unknown): RoomServerError | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { errcode, error, retry_after_ms, room_version, rule, decided_by } = body as Partial<ErrorBody>
  if (typeof errcode !== 'string' || !Object.hasOwn(errorStatuses, errcode)) return undefined
  return new RoomServerError(errcode as ErrorCode, typeof error === 'string' ? error : errcode, {
    ...(retry_after_ms === undefined ? {} : { retryAfterMs: retry_after_ms }),
    ...(room_version === undefined ? {} : { roomVersion: room_version }),
    ...(rule === undefined ? {} : { rule }),
    ...(decided_by === undefined ? {} : { decidedBy: decided_by }),
  })
}
