/**
 * Filters in query parameters: JSON, or the ID of one that was defined before. Client-server API, "Filtering".
 */

import type { UserId } from '@neurite/protocol'
import { fits, misfit } from '@neurite/roomserver/inthttp'
import type { TSchema } from 'typebox'
import type { ClientContext } from '../context.ts'
import { ClientError, invalidParameter } from '../errors.ts'
import { type RoomEventFilter, roomEventFilter, type SyncFilter, syncFilter } from './filter-schema.ts'

/** @throws {ClientError} `M_INVALID_PARAM`, `M_NOT_JSON` */
export function parseRoomEventFilter(text: string | undefined): RoomEventFilter | undefined {
  return text === undefined ? undefined : (parse(text, roomEventFilter) as RoomEventFilter)
}

/** @throws {ClientError} `M_INVALID_PARAM`, `M_NOT_JSON` */
export function findSyncFilter({ tables }: ClientContext, userId: UserId, text: string | undefined): SyncFilter {
  if (text === undefined || text === '') return {}
  if (text.startsWith('{')) return parse(text, syncFilter) as SyncFilter
  const found = /^\d{1,9}$/.test(text) ? tables.filters.find(userId, Number(text)) : undefined
  if (found === undefined) throw invalidParameter(`you have no filter ${text}`)
  return found as SyncFilter
}

function parse(text: string, schema: TSchema): unknown {
  let filter: unknown
  try {
    filter = JSON.parse(text)
  } catch (error) {
    throw new ClientError('M_NOT_JSON', `the filter is no JSON: ${(error as Error).message}`)
  }
  if (!fits(schema, filter)) throw invalidParameter(`the filter: ${misfit(schema, filter)}`)
  return filter
}
