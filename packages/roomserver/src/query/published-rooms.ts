/**
 * The rooms in the directory, most members first. Client-server API, "Listing rooms".
 */

import { codePointCompare } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { RoomServerError } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, type FoundRoom, findRoom } from './find-room.ts'
import { pageLimit } from './pages.ts'
import { type RoomSummary, summaryOf } from './room-summary.ts'

/** Room IDs read at once. */
const pageRooms = 1_000

export async function publishedRooms(
  request: RequestTo<'queryPublishedRooms'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryPublishedRooms'>> {
  const { roomId, search, roomTypes } = request
  const isFiltered = search !== undefined || roomTypes !== undefined
  const rooms = (await listed(request, context)).sort(byMembers)
  const summaries = isFiltered ? await summariesOf(rooms, context) : undefined
  const wanted = summaries?.filter(summary => isWanted(summary, request))
  const total = wanted?.length ?? rooms.length
  const limit = pageLimit(request)
  const start = startOf(request)
  const end = Math.min(total, start + limit)
  const page = wanted?.slice(start, end) ?? (await summariesOf(rooms.slice(start, end), context))
  return {
    rooms: page,
    total,
    ...(end < total && roomId === undefined ? { next: String(end) } : {}),
    ...(start > 0 ? { previous: String(Math.max(0, start - limit)) } : {}),
  }
}

/** The order of the list moves with its members, so a place in it is a number. @throws {RoomServerError} `M_INVALID_PARAM` */
function startOf({ after }: RequestTo<'queryPublishedRooms'>): number {
  if (after === undefined) return 0
  if (/^\d{1,9}$/.test(after)) return Number(after)
  throw new RoomServerError('M_INVALID_PARAM', `${JSON.stringify(after)} is no place in the list of published rooms`)
}

async function listed(
  { roomId, network = '', includeAllNetworks = false }: RequestTo<'queryPublishedRooms'>,
  context: QueryContext,
): Promise<FoundRoom[]> {
  const { reader, yieldNow } = context
  const list = includeAllNetworks ? undefined : network
  if (roomId !== undefined) {
    const room = (await reader.isPublished(roomId, list, undefined)) ? await findRoom(roomId, context) : undefined
    return room === undefined ? [] : [room]
  }
  const rooms: FoundRoom[] = []
  for (let after = ''; ; await yieldNow()) {
    const ids = await reader.published(list, undefined, after, pageRooms)
    for (const id of ids) {
      const room = await findRoom(id, context)
      if (room !== undefined) rooms.push(room)
    }
    const last = ids.at(-1)
    if (last === undefined || ids.length < pageRooms) return rooms
    after = last
  }
}

function byMembers({ row: a }: FoundRoom, { row: b }: FoundRoom): number {
  return b.joinedMembers - a.joinedMembers || codePointCompare(a.roomId, b.roomId)
}

async function summariesOf(rooms: readonly FoundRoom[], context: QueryContext): Promise<RoomSummary[]> {
  const summaries: RoomSummary[] = []
  for (const room of rooms) summaries.push(await summaryOf(room, await currentState(room, context), context))
  return summaries
}

function isWanted(summary: RoomSummary, { search, roomTypes }: RequestTo<'queryPublishedRooms'>): boolean {
  const { name, topic, canonicalAlias, roomType = null } = summary
  const wanted = search?.toLowerCase() ?? ''
  const found = [name, topic, canonicalAlias].some(text => text?.toLowerCase().includes(wanted))
  return (wanted === '' || found) && (roomTypes?.includes(roomType) ?? true)
}
