/**
 * Reports of users on events and rooms, for the operator. Client-server API, "Reporting Content".
 */
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import type { PerformContext } from './context.ts'
import { localUser } from './names.ts'
import { existingRoom } from './room-state.ts'

export async function report(
  { roomId, eventId, reporter, reason, score }: RequestTo<'adminReport'>,
  context: PerformContext,
): Promise<ResponseFrom<'adminReport'>> {
  const { storage, runtime } = context
  const { row } = await existingRoom(roomId, context)
  if (eventId !== undefined && !(await storage.reader.eventNids(row.room, [eventId])).has(eventId))
    throw new RoomServerError('M_NOT_FOUND', `event ${eventId} is not known in room ${roomId}`)
  const at = runtime.clock.now()
  // Without an event it is the room that is reported.
  const about = { roomId, eventId: eventId ?? '', reporter: localUser(reporter, context) }
  await storage.change([{ kind: 'add-report', ...about, reason, score, at }])
  return {}
}

export async function removeReport(
  { id }: RequestTo<'adminRemoveReport'>,
  { storage }: PerformContext,
): Promise<ResponseFrom<'adminRemoveReport'>> {
  const [found] = await storage.reader.reports(id - 1, 1)
  if (found?.id !== id) throw new RoomServerError('M_NOT_FOUND', `there is no report ${id}`)
  await storage.change([{ kind: 'remove-report', id }])
  return {}
}
