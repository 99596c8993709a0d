/**
 * What can come of a request to another server, besides an answer. No answer that could be used: a {@link RemoteServerError}, for
 * which the server is left alone for a while. A clear no: {@link RequestRefused}.
 */
import type { JsonObject, ServerName } from '@neurite/protocol'
import { RemoteServerError } from '@neurite/roomserver'

type Kind = RemoteServerError['kind']

export interface FailureDetails extends ErrorOptions {
  /** The HTTP status, where there was an answer. */
  readonly status?: number
  /** What the server gave as the reason. */
  readonly errcode?: string
  /** When to come back, in milliseconds from now. */
  readonly retryAfter?: number
}

/** No answer that could be used: none at all, a failure of the server (5xx), "too many" (429), a redirect. */
export class RequestFailed extends RemoteServerError {
  readonly endpoint: string
  readonly status: number | undefined
  readonly errcode: string | undefined

  constructor(server: ServerName, endpoint: string, kind: Kind, problem: string, details: FailureDetails = {}) {
    super(server, kind, `${endpoint}: ${problem}`, details)
    this.name = 'RequestFailed'
    this.endpoint = endpoint
    this.status = details.status
    this.errcode = details.errcode
  }
}

/** An answer that is not what the endpoint answers: no JSON, another shape, too large, cut off. */
export class MalformedAnswer extends RequestFailed {
  constructor(server: ServerName, endpoint: string, problem: string, details: FailureDetails = {}) {
    super(server, endpoint, 'refused', problem, details)
    this.name = 'MalformedAnswer'
  }
}

/** The server answered, and said no (4xx but 429). Asking it again would not help. */
export class RequestRefused extends Error {
  readonly server: ServerName
  readonly endpoint: string
  readonly status: number
  /** `M_UNKNOWN` where it gave none. */
  readonly errcode: string
  /** What it said to people; empty where it said nothing. */
  readonly reason: string
  /** All of its answer: with `M_INCOMPATIBLE_ROOM_VERSION`, `room_version`. */
  readonly body: JsonObject

  constructor(server: ServerName, endpoint: string, status: number, body: JsonObject) {
    const { errcode, error } = body
    const code = typeof errcode === 'string' ? errcode : 'M_UNKNOWN'
    const reason = typeof error === 'string' ? error : ''
    super(`${server}: ${endpoint}: ${status} ${code}${reason === '' ? '' : `: ${reason}`}`)
    this.name = 'RequestRefused'
    this.server = server
    this.endpoint = endpoint
    this.status = status
    this.errcode = code
    this.reason = reason
    this.body = body
  }
}
