/**
 * Events of a room by ID. Those that are not here are left out.
 */

import { rulesOf } from '@neurite/protocol'
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { QueryContext } from './context.ts'
import { infosOf } from './event-infos.ts'
import { rowsOf } from './find-room.ts'

export async function eventsById(
  request: RequestTo<'queryEventsById'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryEventsById'>> {
  const { roomId, eventIds } = request
  // Also of a room of which there are outliers only.
  const row = await context.reader.room(roomId)
  if (row === undefined) return { events: [] }
  const rows = await rowsOf(eventIds, { row, rules: rulesOf(row.roomVersion) }, context)
  return { events: await infosOf([...rows.values()], row, context) }
}
