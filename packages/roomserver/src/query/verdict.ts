/**
 * What became of an event and why, and where it stands.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { RoomServerError } from '../api/index.ts'
import type { EventRow, RoomRow, VerdictReason } from '../storage/rows.ts'
import type { RoomNid, StateKeyNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { redactionsOf } from './event-infos.ts'
import { eventIdsOf } from './state-entries.ts'

/** Rooms looked into at once. */
const pageRooms = 500

export async function verdict(
  request: RequestTo<'queryVerdict'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryVerdict'>> {
  const { reader, states } = context
  const { room, row } = await find(request, context)
  const { event, eventId, status, outlier, provisional, reason, origin } = row
  const stateKey = row.stateKey === 0 ? undefined : (await reader.stateKeys([row.stateKey])).get(row.stateKey)
  const redactedBecause = (await redactionsOf([row], room, context)).get(eventId)
  const current = await states.view(room.currentSnapshot)
  return {
    ...{ roomId: room.roomId, eventId, status, outlier, provisional, origin },
    type: (await reader.eventTypes([row.type])).get(row.type) as string,
    ...(stateKey === undefined ? {} : { stateKey }),
    ...(reason === undefined ? {} : { reason: reasonInfo(reason) }),
    depth: String(row.depth),
    prevEvents: await eventIdsOf(row.prevEvents, context),
    authEvents: await eventIdsOf(row.authEvents, context),
    isForwardExtremity: room.forwardExtremities.includes(event),
    isInCurrentState: row.stateKey !== 0 && current.get(row.type, row.stateKey as StateKeyNid) === event,
    ...(redactedBecause === undefined ? {} : { redactedBecause }),
    stateBefore: outlier ? 'none' : await states.originOf(row.snapshotBefore),
  }
}

/** By room, or wherever it is. @throws {RoomServerError} `M_NOT_FOUND` */
async function find(
  { roomId, eventId }: RequestTo<'queryVerdict'>,
  { reader, yieldNow }: QueryContext,
): Promise<{ readonly room: RoomRow; readonly row: EventRow }> {
  for (let after: RoomNid | 0 = 0; ; await yieldNow()) {
    const named = roomId === undefined ? undefined : await reader.room(roomId)
    const rooms: readonly RoomRow[] =
      roomId === undefined ? await reader.rooms(after, pageRooms) : named === undefined ? [] : [named]
    for (const room of rooms) {
      const event = (await reader.eventNids(room.room, [eventId])).get(eventId)
      const [row] = event === undefined ? [] : await reader.events([event])
      if (row !== undefined) return { room, row }
    }
    const last = rooms.at(-1)
    if (last === undefined || rooms.length < pageRooms || roomId !== undefined)
      throw new RoomServerError(
        'M_NOT_FOUND',
        `event ${eventId} is not known ${roomId === undefined ? 'here' : `in room ${roomId}`}`,
      )
    after = last.room
  }
}

function reasonInfo({ check, rule, reason, decidedBy }: VerdictReason) {
  return decidedBy === undefined ? { check, rule, reason } : { check, rule, reason, decidedBy }
}
