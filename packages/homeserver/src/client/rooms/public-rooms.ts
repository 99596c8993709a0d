/**
 * GET and POST /publicRooms. Client-server API, "Listing rooms".
 */
import { isServerName } from '@neurite/protocol'
import { type Static, Type } from 'typebox'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { invalidParameter } from '../errors.ts'
import { chunkOf, roomChunk } from './room-chunk.ts'

const path = '/publicRooms'
/** Rooms of one page, where the client names no number, and the most that it may name. */
const defaultLimit = 100
const maxLimit = 500

const limit = Type.Optional(Type.Integer({ minimum: 0 }))
const response = Type.Object({
  chunk: Type.Array(roomChunk),
  next_batch: Type.Optional(Type.String()),
  prev_batch: Type.Optional(Type.String()),
  total_room_count_estimate: Type.Optional(Type.Integer()),
})

interface Wish {
  readonly server: string | undefined
  readonly limit: number | undefined
  readonly since: string | undefined
  readonly filter: { readonly generic_search_term?: string; readonly room_types?: (string | null)[] } | undefined
  readonly includeAllNetworks: boolean | undefined
  readonly network: string | undefined
}

export const publicRooms = endpoint(
  {
    method: 'GET',
    at: v3,
    path,
    access: 'anyone',
    query: Type.Object({
      limit,
      since: Type.Optional(Type.String()),
      server: Type.Optional(Type.String()),
    }),
    response,
  },
  ({ context, query, request }) =>
    page(
      context,
      {
        ...{ server: query.server, limit: query.limit, since: query.since },
        ...{ filter: undefined, includeAllNetworks: undefined, network: undefined },
      },
      request.signal,
    ),
)

export const searchPublicRooms = endpoint(
  {
    method: 'POST',
    at: v3,
    path,
    access: 'user',
    query: Type.Object({ server: Type.Optional(Type.String()) }),
    body: Type.Object({
      limit,
      since: Type.Optional(Type.String()),
      filter: Type.Optional(
        Type.Object({
          generic_search_term: Type.Optional(Type.String({ maxLength: 500 })),
          room_types: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Null()]), { maxItems: 100 })),
        }),
      ),
      include_all_networks: Type.Optional(Type.Boolean()),
      third_party_instance_id: Type.Optional(Type.String()),
    }),
    response,
  },
  ({ context, query, body, request }) =>
    page(
      context,
      {
        ...{ server: query.server, limit: body.limit, since: body.since, filter: body.filter },
        ...{ includeAllNetworks: body.include_all_networks, network: body.third_party_instance_id },
      },
      request.signal,
    ),
)

async function page(context: ClientContext, wish: Wish, signal: AbortSignal): Promise<Static<typeof response>> {
  const { server, since, filter, includeAllNetworks, network } = wish
  const most = Math.min(wish.limit ?? defaultLimit, maxLimit)
  if (server !== undefined && server !== context.serverName) return elsewhere(context, server, wish, signal)
  const search = filter?.generic_search_term
  const { rooms, total, next, previous } = await context.roomServer.queryPublishedRooms({
    // None is asked for: one is read for where the list goes on.
    limit: Math.max(1, most),
    ...(since === undefined || since === '' ? {} : { after: since }),
    ...(search === undefined ? {} : { search }),
    ...(filter?.room_types === undefined ? {} : { roomTypes: filter.room_types }),
    ...(includeAllNetworks === undefined ? {} : { includeAllNetworks }),
    ...(network === undefined ? {} : { network }),
  })
  return {
    chunk: rooms.slice(0, most).map(chunkOf),
    total_room_count_estimate: total,
    ...(next === undefined ? {} : { next_batch: next }),
    ...(previous === undefined ? {} : { prev_batch: previous }),
  }
}

async function elsewhere(
  { remoteRooms }: ClientContext,
  server: string,
  { limit: most, since, filter, includeAllNetworks, network }: Wish,
  signal: AbortSignal,
): Promise<Static<typeof response>> {
  if (!isServerName(server)) throw invalidParameter(`${JSON.stringify(server)} is no server name`)
  const query = {
    ...{ limit: most, since, filter },
    ...{ include_all_networks: includeAllNetworks, third_party_instance_id: network },
  }
  return (await remoteRooms.publicRooms(server, query, signal)) as Static<typeof response>
}
