/**
 * What other servers say of their users, aliases and published rooms. Server-server API, "Querying for information", "Published Room
 * Directory", "Spaces".
 */
import { type JsonObject, RawNumber, type ServerName } from '@neurite/protocol'
import { type Static, Type } from 'typebox'
import { limits, MalformedAnswer } from '../transport/index.ts'
import type { Caller } from './caller.ts'
import type { JsonEndpoint } from './endpoint.ts'
import { anyJson, bodyOf, jsonObject } from './event-text.ts'

/** Left out, or null, where there is none. */
const maybeText = Type.Optional(Type.Union([Type.String(), Type.Null()]))

const query = {
  name: 'GET /query',
  method: 'GET',
  path: '/_matrix/federation/v1/query/{queryType}',
  limits: limits.small,
  answer: jsonObject,
} as const satisfies JsonEndpoint

const directory = {
  ...query,
  name: 'GET /query/directory',
  answer: Type.Object({ room_id: Type.String(), servers: Type.Array(Type.String()) }),
} as const satisfies JsonEndpoint

/** Of no version of the specification: the path and the answer are Synapse's. */
const complexity = {
  name: 'GET /rooms/{roomId}/complexity',
  method: 'GET',
  path: '/_matrix/federation/unstable/rooms/{roomId}/complexity',
  limits: limits.small,
  answer: Type.Object({ v1: anyJson }),
} as const satisfies JsonEndpoint

const profile = {
  ...query,
  name: 'GET /query/profile',
  answer: Type.Intersect([jsonObject, Type.Object({ displayname: maybeText, avatar_url: maybeText })]),
} as const satisfies JsonEndpoint

const publishedRoom = Type.Intersect([
  jsonObject,
  Type.Object({
    room_id: Type.String(),
    num_joined_members: Type.Integer(),
    world_readable: Type.Boolean(),
    guest_can_join: Type.Boolean(),
    canonical_alias: maybeText,
    name: maybeText,
    topic: maybeText,
    avatar_url: maybeText,
    join_rule: maybeText,
    room_type: maybeText,
  }),
])

const publicRoomsAnswer = Type.Object({
  chunk: Type.Array(publishedRoom),
  next_batch: maybeText,
  prev_batch: maybeText,
  total_room_count_estimate: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
})

const publicRooms = {
  name: 'GET /publicRooms',
  method: 'GET',
  path: '/_matrix/federation/v1/publicRooms',
  limits: limits.page,
  answer: publicRoomsAnswer,
} as const satisfies JsonEndpoint

const searchPublicRooms = { ...publicRooms, name: 'POST /publicRooms', method: 'POST' } as const

const childState = Type.Intersect([
  jsonObject,
  Type.Object({
    type: Type.String(),
    state_key: Type.String(),
    sender: Type.String(),
    content: jsonObject,
    origin_server_ts: Type.Integer(),
  }),
])
const parentRoom = Type.Intersect([publishedRoom, Type.Object({ children_state: Type.Array(childState) })])

const hierarchy = {
  name: 'GET /hierarchy',
  method: 'GET',
  path: '/_matrix/federation/v1/hierarchy/{roomId}',
  limits: limits.page,
  answer: Type.Object({
    room: parentRoom,
    children: Type.Array(publishedRoom),
    inaccessible_children: Type.Optional(Type.Array(Type.String())),
  }),
} as const satisfies JsonEndpoint

export type AliasAnswer = Static<typeof directory.answer>
/** Null and absent are the same; there may be further fields. */
export type ProfileAnswer = Static<typeof profile.answer>
export type PublicRoomsAnswer = Static<typeof publicRoomsAnswer>
export type HierarchyAnswer = Static<typeof hierarchy.answer>

/** Which published rooms are wanted. */
export interface PublicRoomsQuery {
  readonly limit?: number
  /** From an earlier answer. */
  readonly since?: string
  readonly includeAllNetworks?: boolean
  readonly thirdPartyInstanceId?: string
}

/** The same, of those that fit. */
export interface PublicRoomsSearch extends PublicRoomsQuery {
  readonly searchTerm?: string
  /** `null`: rooms without a type. */
  readonly roomTypes?: readonly (string | null)[]
}

export class DirectoryRequests {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

  /** `GET /query/directory`. @param server the alias's own. @throws {RequestRefused} with 404 where there is no such alias */
  queryDirectory(server: ServerName, roomAlias: string, signal?: AbortSignal): Promise<AliasAnswer> {
    const call = { path: { queryType: 'directory' }, query: { room_alias: roomAlias } }
    return this.#caller.json(server, directory, call, signal)
  }

  /** `GET /query/profile`. @param server the user's own. @param field one field alone */
  queryProfile(server: ServerName, userId: string, field?: string, signal?: AbortSignal): Promise<ProfileAnswer> {
    const call = { path: { queryType: 'profile' }, query: { user_id: userId, field } }
    return this.#caller.json(server, profile, call, signal)
  }

  /** `GET /query/{queryType}`, for queries that have no method of their own. */
  query(
    server: ServerName,
    queryType: string,
    parameters: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<JsonObject> {
    return this.#caller.json(server, query, { path: { queryType }, query: parameters }, signal)
  }

  /** `GET /publicRooms`. */
  publicRooms(server: ServerName, wanted: PublicRoomsQuery = {}, signal?: AbortSignal): Promise<PublicRoomsAnswer> {
    return this.#caller.json(server, publicRooms, { query: { ...inWire(wanted) } }, signal)
  }

  /** `POST /publicRooms`. */
  searchPublicRooms(server: ServerName, wanted: PublicRoomsSearch, signal?: AbortSignal): Promise<PublicRoomsAnswer> {
    const filter = { generic_search_term: wanted.searchTerm, room_types: wanted.roomTypes }
    return this.#caller.json(server, searchPublicRooms, { body: bodyOf({ ...inWire(wanted), filter }) }, signal)
  }

  /** `GET /rooms/{roomId}/complexity`. @throws {RequestRefused} also where the server does not have it */
  async complexity(server: ServerName, roomId: string, signal?: AbortSignal): Promise<number> {
    const { v1 } = await this.#caller.json(server, complexity, { path: { roomId } }, signal)
    const value = v1 instanceof RawNumber ? Number(v1.source) : v1
    if (typeof value === 'number') return value
    throw new MalformedAnswer(server, complexity.name, 'v1 is no number')
  }

  /** `GET /hierarchy`: a space with its children, as far as this server could see or join them. */
  hierarchy(
    server: ServerName,
    roomId: string,
    suggestedOnly: boolean,
    signal?: AbortSignal,
  ): Promise<HierarchyAnswer> {
    const call = { path: { roomId }, query: { suggested_only: suggestedOnly } }
    return this.#caller.json(server, hierarchy, call, signal)
  }
}

function inWire({ limit, since, includeAllNetworks, thirdPartyInstanceId }: PublicRoomsQuery) {
  return {
    limit,
    since,
    include_all_networks: includeAllNetworks,
    third_party_instance_id: thirdPartyInstanceId,
  }
}
