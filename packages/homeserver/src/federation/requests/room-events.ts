/**
 * Events and state of rooms from other servers. Server-server API, "Retrieving events", "Retrieving room state", "Backfill".
 *
 * The pipeline of the room server sees this as {@link RemoteServers}: there a server that answers 403 or 404 has answered, and has
 * nothing to give.
 */
import type { EventId, RoomId, ServerName } from '@neurite/protocol'
import {
  type MissingEventsQuery,
  RemoteServerError,
  type RemoteServers,
  type StateAnswer,
  type StateIdsAnswer,
} from '@neurite/roomserver'
import { Type } from 'typebox'
import { limits, RequestRefused } from '../transport/index.ts'
import type { Caller } from './caller.ts'
import type { Call, JsonEndpoint, ListEndpoint } from './endpoint.ts'
import { bodyOf, Collected } from './event-text.ts'

const event: ListEndpoint = {
  name: 'GET /event',
  method: 'GET',
  path: '/_matrix/federation/v1/event/{eventId}',
  limits: limits.small,
  lists: { pdus: 'objects' },
}

const missingEvents: ListEndpoint = {
  name: 'POST /get_missing_events',
  method: 'POST',
  path: '/_matrix/federation/v1/get_missing_events/{roomId}',
  limits: limits.page,
  lists: { events: 'objects' },
  // Servers that have none to give leave the list out.
  optional: ['events'],
}

const eventAuth: ListEndpoint = {
  name: 'GET /event_auth',
  method: 'GET',
  path: '/_matrix/federation/v1/event_auth/{roomId}/{eventId}',
  limits: limits.roomState,
  lists: { auth_chain: 'objects' },
}

const stateIds: ListEndpoint = {
  name: 'GET /state_ids',
  method: 'GET',
  path: '/_matrix/federation/v1/state_ids/{roomId}',
  limits: limits.stateIds,
  lists: { pdu_ids: 'strings', auth_chain_ids: 'strings' },
}

const state: ListEndpoint = {
  name: 'GET /state',
  method: 'GET',
  path: '/_matrix/federation/v1/state/{roomId}',
  limits: limits.roomState,
  lists: { pdus: 'objects', auth_chain: 'objects' },
}

const backfill: ListEndpoint = {
  name: 'GET /backfill',
  method: 'GET',
  path: '/_matrix/federation/v1/backfill/{roomId}',
  limits: limits.page,
  lists: { pdus: 'objects' },
}

const timestampToEvent = {
  name: 'GET /timestamp_to_event',
  method: 'GET',
  path: '/_matrix/federation/v1/timestamp_to_event/{roomId}',
  limits: limits.small,
  answer: Type.Object({ event_id: Type.String(), origin_server_ts: Type.Integer() }),
} as const satisfies JsonEndpoint

/** What is asked for in one go at most, when history is fetched: servers commonly give up to 100. */
export const maxBackfill = 500

/** The event that a server found nearest to a moment. */
export interface NearestEvent {
  readonly eventId: string
  /** Milliseconds since 1970. */
  readonly originServerTs: number
}

export class RoomEventRequests implements RemoteServers {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  async event(server: ServerName, eventId: EventId, signal?: AbortSignal): Promise<string | undefined> {
    const answer = await this.#lists<'pdus'>(server, event, { path: { eventId } }, signal)
    return answer?.get('pdus')[0]
  }

  async missingEvents(
    server: ServerName,
    roomId: RoomId,
    { earliest, latest, limit, minDepth }: MissingEventsQuery,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const body = bodyOf({ earliest_events: earliest, latest_events: latest, limit, min_depth: minDepth })
    const answer = await this.#lists<'events'>(server, missingEvents, { path: { roomId }, body }, signal)
    return answer?.get('events') ?? []
  }

  async eventAuth(
    server: ServerName,
    roomId: RoomId,
    eventId: EventId,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const answer = await this.#lists<'auth_chain'>(server, eventAuth, { path: { roomId, eventId } }, signal)
    return answer?.get('auth_chain') ?? []
  }

  async stateIds(
    server: ServerName,
    roomId: RoomId,
    eventId: EventId,
    signal?: AbortSignal,
  ): Promise<StateIdsAnswer | undefined> {
    const call = { path: { roomId }, query: { event_id: eventId } }
    const answer = await this.#lists<'pdu_ids' | 'auth_chain_ids'>(server, stateIds, call, signal)
    return answer && { stateIds: answer.get('pdu_ids'), authChainIds: answer.get('auth_chain_ids') }
  }

  async state(
    server: ServerName,
    roomId: RoomId,
    eventId: EventId,
    signal?: AbortSignal,
  ): Promise<StateAnswer | undefined> {
    const call = { path: { roomId }, query: { event_id: eventId } }
    const answer = await this.#lists<'pdus' | 'auth_chain'>(server, state, call, signal)
    return answer && { state: answer.get('pdus'), authChain: answer.get('auth_chain') }
  }

  /**
   * `GET /backfill`: events before the given ones, these included.
   * @param limit at most {@link maxBackfill}
   * @returns JSON texts; none where the server has nothing to give. Not to be held to the limits on references
   */
  async backfill(
    server: ServerName,
    roomId: RoomId,
    from: readonly EventId[],
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const call = { path: { roomId }, query: { v: from, limit: Math.min(limit, maxBackfill) } }
    const answer = await this.#lists<'pdus'>(server, backfill, call, signal)
    return answer?.get('pdus') ?? []
  }

  /**
   * `GET /timestamp_to_event`: the event nearest to a moment.
   * @param at milliseconds since 1970
   * @param direction `f`: at that moment or later; `b`: or earlier
   * @returns undefined where the server knows none
   */
  async timestampToEvent(
    server: ServerName,
    roomId: RoomId,
    at: number,
    direction: 'f' | 'b',
    signal?: AbortSignal,
  ): Promise<NearestEvent | undefined> {
    const call = { path: { roomId }, query: { ts: at, dir: direction } }
    const answer = await this.#orNothing(this.#caller.json(server, timestampToEvent, call, signal))
    return answer && { eventId: answer.event_id, originServerTs: answer.origin_server_ts }
  }

  async #lists<Name extends string>(
    server: ServerName,
    endpoint: ListEndpoint,
    call: Call,
    signal: AbortSignal | undefined,
  ): Promise<Collected<Name> | undefined> {
    const collected = new Collected<Name>()
    const isOfStrings = Object.values(endpoint.lists).includes('strings')
    const take = isOfStrings ? collected.takeString : collected.takeText
    const values = await this.#orNothing(this.#caller.lists(server, endpoint, call, take, signal))
    return values && collected
  }

  /** 403 and 404 say that there is nothing for us; any other no is none of the answers to such a question. */
  async #orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error
      if (error.status === 403 || error.status === 404) return undefined
      throw new RemoteServerError(error.server, 'refused', error.message, { cause: error })
    }
  }
}
