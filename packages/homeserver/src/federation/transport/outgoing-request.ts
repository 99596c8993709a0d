/** A request to another server, and its answer while it comes in. */
import type { ServerName } from '@neurite/protocol'
import type { Headers } from './headers.ts'
import type { Limits } from './limits.ts'

export interface OutgoingRequest {
  readonly server: ServerName
  /** What errors call it, such as `GET /event`. */
  readonly endpoint: string
  readonly method: 'GET' | 'POST' | 'PUT'
  /** From `/_matrix` on, with the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON text. */
  readonly body?: string
  readonly limits: Limits
  /** Sent again, once, where the connection broke before an answer came: it may have been done by then. */
  readonly isRepeatable: boolean
}

/** An answer: the caller reads its body, and closes it in any case. */
export interface IncomingAnswer {
  readonly status: number
  readonly headers: Headers
  /** The body, piece by piece. @throws {RequestFailed} where it breaks off, {MalformedAnswer} past the limit; the signal's reason */
  chunks(): AsyncIterable<Uint8Array>
  /** Ends the request: what has not been read is not waited for. */
  close(): void
}
