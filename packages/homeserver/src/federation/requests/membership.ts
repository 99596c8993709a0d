/**
 * Joining, leaving and knocking by way of another server. Server-server API, "Joining Rooms", "Leaving Rooms (Rejecting Invites)",
 * "Knocking upon a room".
 */
import { isJsonObject, isServerName, type JsonObject, type ServerName } from '@neurite/protocol'
import { Type } from 'typebox'
import { limits, MalformedAnswer } from '../transport/index.ts'
import type { Caller } from './caller.ts'
import type { JsonEndpoint, ListEndpoint } from './endpoint.ts'
import { bodyOf, Collected, jsonObject, keptValue, objectText } from './event-text.ts'

type Membership = 'join' | 'leave' | 'knock'

/** An event to be completed, signed and sent back. */
export interface Template {
  /** Undefined: "1" or "2", whose events look alike. */
  readonly roomVersion: string | undefined
  /** What the specification has checked of it is checked: room, type, sender, state key, membership. */
  readonly event: JsonObject
}

/** A room at the moment before a join. */
export interface JoinedRoom {
  /** JSON texts: the state before the join, and the auth chain of it and of the join. */
  readonly state: readonly string[]
  readonly authChain: readonly string[]
  /** The join as the other server has sent it on, with its signature too: the one that counts in restricted rooms. JSON text. */
  readonly event: string | undefined
  /** Members are not among the state. */
  readonly membersOmitted: boolean
  /** Servers with joined members before the join; empty where the other server does not say. */
  readonly serversInRoom: readonly ServerName[]
}

function make(membership: Membership) {
  return {
    name: `GET /make_${membership}`,
    method: 'GET',
    path: `/_matrix/federation/v1/make_${membership}/{roomId}/{userId}`,
    limits: limits.small,
    answer: Type.Object({ room_version: Type.Optional(Type.String()), event: jsonObject }),
  } as const satisfies JsonEndpoint
}

const makeEndpoints = { join: make('join'), leave: make('leave'), knock: make('knock') }

const sendJoin: ListEndpoint = {
  name: 'PUT /send_join',
  method: 'PUT',
  path: '/_matrix/federation/v2/send_join/{roomId}/{eventId}',
  limits: limits.roomState,
  lists: { state: 'objects', auth_chain: 'objects' },
  values: ['event', 'members_omitted', 'servers_in_room'],
}

const sendLeave = {
  name: 'PUT /send_leave',
  method: 'PUT',
  path: '/_matrix/federation/v2/send_leave/{roomId}/{eventId}',
  limits: limits.small,
  answer: jsonObject,
} as const satisfies JsonEndpoint

const sendKnock: ListEndpoint = {
  name: 'PUT /send_knock',
  method: 'PUT',
  path: '/_matrix/federation/v1/send_knock/{roomId}/{eventId}',
  limits: limits.page,
  lists: { knock_room_state: 'objects' },
}

/** The event that goes with a path: of a room, under an ID. */
export interface SignedEvent {
  readonly roomId: string
  readonly eventId: string
  /** Signed, in the form of its room version. */
  readonly event: JsonObject
}

export class MembershipRequests {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  /**
   * `GET /make_join`.
   * @param versions the room versions that we know
   * @throws {RequestRefused} among others with M_INCOMPATIBLE_ROOM_VERSION, and the version in its body
   */
  makeJoin(server: ServerName, roomId: string, userId: string, versions: readonly string[], signal?: AbortSignal) {
    return this.#make(server, 'join', { roomId, userId }, versions, signal)
  }

  /** `GET /make_leave`. */
  makeLeave(server: ServerName, roomId: string, userId: string, signal?: AbortSignal) {
    return this.#make(server, 'leave', { roomId, userId }, undefined, signal)
  }

  /** `GET /make_knock`. */
  makeKnock(server: ServerName, roomId: string, userId: string, versions: readonly string[], signal?: AbortSignal) {
    return this.#make(server, 'knock', { roomId, userId }, versions, signal)
  }

  /** `PUT /send_join`, version 2. @param omitMembers whether members may be left out of the state */
  async sendJoin(
    server: ServerName,
    { roomId, eventId, event }: SignedEvent,
    omitMembers: boolean,
    signal?: AbortSignal,
  ): Promise<JoinedRoom> {
    const collected = new Collected<'state' | 'auth_chain'>()
    const call = { path: { roomId, eventId }, query: { omit_members: omitMembers }, body: bodyOf(event) }
    const values = await this.#caller.lists(server, sendJoin, call, collected.takeText, signal)
    return {
      state: collected.get('state'),
      authChain: collected.get('auth_chain'),
      event: objectText(values, 'event', server, sendJoin.name),
      ...membersIn(values, server),
    }
  }

  /** `PUT /send_leave`, version 2. */
  async sendLeave(server: ServerName, { roomId, eventId, event }: SignedEvent, signal?: AbortSignal): Promise<void> {
    await this.#caller.json(server, sendLeave, { path: { roomId, eventId }, body: bodyOf(event) }, signal)
  }

  /**
   * `PUT /send_knock`.
   * @returns state that says which room it is, JSON texts: events that are still to be checked
   */
  async sendKnock(
    server: ServerName,
    { roomId, eventId, event }: SignedEvent,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const collected = new Collected<'knock_room_state'>()
    const call = { path: { roomId, eventId }, body: bodyOf(event) }
    await this.#caller.lists(server, sendKnock, call, collected.takeText, signal)
    return collected.get('knock_room_state')
  }

  async #make(
    server: ServerName,
    membership: Membership,
    path: { readonly roomId: string; readonly userId: string },
    versions: readonly string[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Template> {
    const endpoint = makeEndpoints[membership]
    const { room_version: roomVersion, event } = await this.#caller.json(
      server,
      endpoint,
      { path, query: { ver: versions } },
      signal,
    )
    const wrong = wrongInTemplate(event, membership, path)
    if (wrong !== undefined) throw new MalformedAnswer(server, endpoint.name, `the template has another ${wrong}`)
    return { roomVersion, event }
  }
}

/** What of a template must be as it was asked for: else a server could have us sign anything. */
function wrongInTemplate(
  { type, room_id: room, sender, state_key: stateKey, content }: JsonObject,
  membership: Membership,
  { roomId, userId }: { readonly roomId: string; readonly userId: string },
): string | undefined {
  if (type !== 'm.room.member') return 'type'
  if (room !== roomId) return 'room_id'
  if (sender !== userId) return 'sender'
  if (stateKey !== userId) return 'state_key'
  return isJsonObject(content) && content['membership'] === membership ? undefined : 'membership'
}

function membersIn(values: ReadonlyMap<string, string>, server: ServerName) {
  const membersOmitted = keptValue(values, 'members_omitted', server, sendJoin.name) === true
  const servers = keptValue(values, 'servers_in_room', server, sendJoin.name)
  if (servers !== null && !Array.isArray(servers))
    throw new MalformedAnswer(server, sendJoin.name, 'servers_in_room is no list')
  if (membersOmitted && servers === null)
    throw new MalformedAnswer(server, sendJoin.name, 'members are omitted, and servers_in_room is not there')
  return { membersOmitted, serversInRoom: (servers ?? []).filter(isServerName) }
}
