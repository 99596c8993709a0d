/**
 * What the client head asks of other servers about rooms, by the federation's requests.
 */
import type { RoomId } from '@neurite/protocol'
import type { RemoteRooms } from '../client/remote-rooms.ts'
import type { FederationClient } from '../federation/requests/index.ts'
import { asClientError } from './remote-errors.ts'

export function remoteRooms({ directory, events }: Pick<FederationClient, 'directory' | 'events'>): RemoteRooms {
  return {
    alias: (server, alias, signal) =>
      asClientError(`the alias ${alias}`, async () => {
        const { room_id, servers } = await directory.queryDirectory(server, alias, signal)
        return { roomId: room_id, servers }
      }),
    publicRooms: (server, query, signal) =>
      asClientError(`the directory of ${server}`, () => {
        const { filter, ...rest } = query as { readonly filter?: Readonly<Record<string, unknown>> }
        const page = pageOf(rest)
        if (filter === undefined) return directory.publicRooms(server, page, signal)
        const { generic_search_term: term, room_types: types } = filter
        return directory.searchPublicRooms(
          server,
          {
            ...page,
            ...(typeof term === 'string' ? { searchTerm: term } : {}),
            ...(Array.isArray(types) ? { roomTypes: types as (string | null)[] } : {}),
          },
          signal,
        )
      }),
    hierarchy: (server, roomId, suggestedOnly, signal) =>
      asClientError(`room ${roomId}`, () => directory.hierarchy(server, roomId, suggestedOnly, signal)),
    eventNear: (server, roomId, timestamp, direction, signal) =>
      asClientError(`an event of room ${roomId}`, async () => {
        const found = await events.timestampToEvent(server, roomId as RoomId, timestamp, direction, signal)
        return found && { eventId: found.eventId, timestamp: found.originServerTs }
      }),
  }
}

function pageOf({ limit, since, include_all_networks, third_party_instance_id }: Readonly<Record<string, unknown>>) {
  return {
    ...(typeof limit === 'number' ? { limit } : {}),
    ...(typeof since === 'string' ? { since } : {}),
    ...(include_all_networks === true ? { includeAllNetworks: true } : {}),
    ...(typeof third_party_instance_id === 'string' ? { thirdPartyInstanceId: third_party_instance_id } : {}),
  }
}
