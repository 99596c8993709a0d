/** The rooms in this server's directory. Server-server API, "Published Room Directory". */
import type { JsonValue } from '@neurite/protocol'
import type { RequestTo, ResponseFrom, RoomServerApi } from '@neurite/roomserver/api'
import { type Endpoint, objectOf, optionalObject, wholeNumber } from '../endpoint.ts'
import { badJson } from '../errors.ts'
import { summaryJson } from './room-summary.ts'

/** A page, where the asker names no limit; and the most that it may name. */
const defaultPage = 100
const maxPage = 500

async function published(request: RequestTo<'queryPublishedRooms'>, api: RoomServerApi) {
  const { limit = defaultPage } = request
  const found: ResponseFrom<'queryPublishedRooms'> = await api.queryPublishedRooms({
    ...request,
    limit: Math.max(1, Math.min(limit, maxPage)),
  })
  const { rooms, total, next, previous } = found
  return {
    chunk: rooms.map(summaryJson),
    total_room_count_estimate: total,
    ...(next === undefined ? {} : { next_batch: next }),
    ...(previous === undefined ? {} : { prev_batch: previous }),
  }
}

export const publicRooms: Endpoint = {
  method: 'GET',
  path: '/_matrix/federation/v1/publicRooms',
  answer: ({ query }, { api }) =>
    published(
      wanted({
        limit: wholeNumber(query.get('limit'), 'limit'),
        after: query.get('since') ?? undefined,
        network: query.get('third_party_instance_id') ?? undefined,
        includeAllNetworks: query.get('include_all_networks') === 'true' ? true : undefined,
      }),
      api,
    ),
}

export const searchPublicRooms: Endpoint = {
  method: 'POST',
  path: '/_matrix/federation/v1/publicRooms',
  answer(request, { api }) {
    const body = objectOf(request)
    const filter = optionalObject(body['filter'], 'filter')
    return published(
      wanted({
        limit: numberIn(body['limit'], 'limit'),
        after: textIn(body['since'], 'since'),
        network: textIn(body['third_party_instance_id'], 'third_party_instance_id'),
        includeAllNetworks: body['include_all_networks'] === true ? true : undefined,
        search: textIn(filter['generic_search_term'], 'generic_search_term'),
        roomTypes: roomTypesIn(filter['room_types']),
      }),
      api,
    )
  },
}

type Wanted = RequestTo<'queryPublishedRooms'>

/** Without the members that are undefined. */
function wanted(members: { readonly [Name in keyof Wanted]: Wanted[Name] | undefined }): Wanted {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Wanted
}

function textIn(value: JsonValue | undefined, name: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw badJson(`${name} must be a string`)
}

function numberIn(value: JsonValue | undefined, name: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw badJson(`${name} must be a whole number`)
}

function roomTypesIn(value: JsonValue | undefined): (string | null)[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every(type => type === null || typeof type === 'string'))
    return [...value] as (string | null)[]
  throw badJson('room_types must be a list of strings and nulls')
}
