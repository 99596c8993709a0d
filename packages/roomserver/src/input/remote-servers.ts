/**
 * Other homeservers, as the pipeline needs them. What they answer is untrusted: limited in size and of the right JSON
 * shape, and nothing more. Server-server API, "Retrieving events", "Retrieving room state", "Backfill".
 */
import type { EventId, RoomId, ServerName } from '@neurite/protocol'

/** What `POST /get_missing_events` is asked. */
export interface MissingEventsQuery {
  /** What we have: the answer does not go further back. */
  readonly earliest: readonly EventId[]
  /** Whose prev events are missing; not part of the answer themselves. */
  readonly latest: readonly EventId[]
  readonly limit: number
  readonly minDepth: number
}

/** The answer to `GET /state_ids`: the state before an event, by IDs. */
export interface StateIdsAnswer {
  readonly stateIds: readonly string[]
  readonly authChainIds: readonly string[]
}

/** The answer to `GET /state`: the state before an event, each event as JSON text. */
export interface StateAnswer {
  readonly state: readonly string[]
  readonly authChain: readonly string[]
}

/**
 * Events come as JSON text, in any order. `undefined` (or an empty list) says that the server answered and has nothing to give (404,
 * 403). All throw {@link RemoteServerError} where there is no answer, and the signal's reason once it is aborted.
 */
export interface RemoteServers {
  /** `GET /event/{eventId}`. */
  event(server: ServerName, eventId: EventId, signal: AbortSignal): Promise<string | undefined>
  /** `POST /get_missing_events/{roomId}`. */
  missingEvents(
    server: ServerName,
    roomId: RoomId,
    query: MissingEventsQuery,
    signal: AbortSignal,
  ): Promise<readonly string[]>
  /** `GET /event_auth/{roomId}/{eventId}`: the event's auth chain. */
  eventAuth(server: ServerName, roomId: RoomId, eventId: EventId, signal: AbortSignal): Promise<readonly string[]>
  /** `GET /state_ids/{roomId}?event_id=`: the state before the event. */
  stateIds(
    server: ServerName,
    roomId: RoomId,
    eventId: EventId,
    signal: AbortSignal,
  ): Promise<StateIdsAnswer | undefined>
  /** `GET /state/{roomId}?event_id=`: the state before the event. */
  state(server: ServerName, roomId: RoomId, eventId: EventId, signal: AbortSignal): Promise<StateAnswer | undefined>
}

/** `timeout`: no answer in time. `unreachable`: no connection, or it broke. `refused`: an answer that is none (5xx, 429, not JSON). */
export type RemoteServerErrorKind = 'timeout' | 'unreachable' | 'refused'

/** A server gave no answer. It may later: whoever asked tries another server, or waits. */
export class RemoteServerError extends Error {
  readonly server: ServerName
  readonly kind: RemoteServerErrorKind
  /** The server said when to come back (`Retry-After`), in milliseconds from now. */
  readonly retryAfter: number | undefined

  constructor(
    server: ServerName,
    kind: RemoteServerErrorKind,
    message: string,
    options: ErrorOptions & { readonly retryAfter?: number } = {},
  ) {
    super(`${server}: ${message}`, options)
    this.name = 'RemoteServerError'
    this.server = server
    this.kind = kind
    this.retryAfter = options.retryAfter
  }
}
