/**
 * What callers of the room server can be refused with: a Matrix `errcode`, a sentence, and what belongs to it. The one place
 * where an errcode gets its HTTP status. Client-server API, "Standard error response"; server-server API.
 */

/** Every errcode that an operation may answer with, and the HTTP status that goes with it. */
export const errorStatuses = {
  /** The room's rules, its ACL, or the asking user's rights say no. */
  M_FORBIDDEN: 403,
  /** The user takes no invites. */
  M_INVITE_BLOCKED: 403,
  /** There is no such room, event, alias or user here. */
  M_NOT_FOUND: 404,
  M_BAD_JSON: 400,
  M_INVALID_PARAM: 400,
  M_MISSING_PARAM: 400,
  M_BAD_STATE: 400,
  M_UNSUPPORTED_ROOM_VERSION: 400,
  M_INCOMPATIBLE_ROOM_VERSION: 400,
  M_INVALID_ROOM_STATE: 400,
  M_ROOM_IN_USE: 400,
  M_TOO_LARGE: 413,
  /** An alias is taken. */
  M_ALIAS_IN_USE: 409,
  /** The room's conditions for a restricted join cannot be looked at here. */
  M_UNABLE_TO_AUTHORISE_JOIN: 400,
  /** Another server must let the user in: nobody here may invite. */
  M_UNABLE_TO_GRANT_JOIN: 400,
  /** The room is larger than this server wants to join, or is blocked here. */
  M_RESOURCE_LIMIT_EXCEEDED: 400,
  /** Too much waits already: come back later. */
  M_LIMIT_EXCEEDED: 429,
  /** The caller has not shown the shared secret. */
  M_UNAUTHORIZED: 401,
  M_UNRECOGNIZED: 404,
  /** No other server that was asked could help. */
  M_UNREACHABLE: 502,
  /** It was begun and its end is not known, or it took too long. */
  M_TIMEOUT: 504,
  /** Storage does not take anything in: the disk is full, or it must be opened anew. */
  M_STORAGE_UNAVAILABLE: 503,
  M_UNKNOWN: 500,
} as const

export type ErrorCode = keyof typeof errorStatuses

export interface ErrorDetails {
  /** Milliseconds after which it may be tried again; with `M_LIMIT_EXCEEDED`. */
  readonly retryAfterMs?: number
  /** With `M_INCOMPATIBLE_ROOM_VERSION`. */
  readonly roomVersion?: string
  /** The event whose content decided, and the rule, where a rule of the room said no. */
  readonly rule?: string
  readonly decidedBy?: string
}

/** An operation was refused. The message is for people, and names the room, event or setting that it is about. */
export class RoomServerError extends Error {
  readonly errcode: ErrorCode
  readonly details: ErrorDetails

  constructor(errcode: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RoomServerError'
    this.errcode = errcode
    this.details = details
  }

  /** The HTTP status that goes with the errcode. */
  get status(): number {
    return errorStatuses[this.errcode]
  }
}

/** There is no such room here. */
export function noSuchRoom(roomId: string): RoomServerError {
  return new RoomServerError('M_NOT_FOUND', `room ${roomId} is not known here`)
}
