/**
 * Where a timeline is not whole: events before which something is missing here, although other servers were asked; and gaps that history
 * has filled.
 */
import type { OutputEventInfo, RoomServerApi } from '@neurite/roomserver/api'
import type { Tables } from '../../storage/tables.ts'
import { type EventJson, readEvent } from '../events/event-json.ts'
import { eventsById } from '../events/events-by-id.ts'

interface Tools {
  readonly roomServer: RoomServerApi
  readonly tables: Tables
}

export interface Gaps {
  /** IDs of events after a gap. */
  readonly gaps: ReadonlySet<string>
  /** Events that were after a gap and are no longer. */
  readonly filled: readonly { readonly roomId: string; readonly eventId: string }[]
}

/** @param events what the outputs are about, by room and ID */
export async function gapsIn(
  outputs: readonly OutputEventInfo[],
  events: ReadonlyMap<string, ReadonlyMap<string, EventJson>>,
  tools: Tools,
): Promise<Gaps> {
  const shown = outputs.flatMap(({ roomId, output }) =>
    output.kind === 'new' || output.kind === 'old' ? [{ roomId, eventId: output.eventId, kind: output.kind }] : [],
  )
  const come = new Map(
    [...Map.groupBy(shown, ({ roomId }) => roomId)].map(([roomId, ofRoom]) => [
      roomId,
      new Set(ofRoom.map(({ eventId }) => eventId)),
    ]),
  )
  const gaps = new Set<string>()
  for (const { roomId, eventId } of shown) {
    const event = events.get(roomId)?.get(eventId)
    if (event !== undefined && (await lacks(event, come.get(roomId) ?? new Set(), tools))) gaps.add(eventId)
  }
  const withHistory = new Set(shown.flatMap(({ roomId, kind }) => (kind === 'old' ? [roomId] : [])))
  const filled = []
  for (const roomId of withHistory)
    for (const { eventId } of await filledIn(roomId, come.get(roomId) ?? new Set(), tools))
      filled.push({ roomId, eventId })
  return { gaps, filled }
}

async function filledIn(roomId: string, come: ReadonlySet<string>, tools: Tools): Promise<EventJson[]> {
  const rows = tools.tables.timeline.afterGaps(roomId)
  const infos = await eventsById(
    tools.roomServer,
    roomId,
    rows.map(({ eventId }) => eventId),
  )
  const filled: EventJson[] = []
  for (const info of infos) {
    const event = readEvent(info)
    if (!(await lacks(event, come, tools))) filled.push(event)
  }
  return filled
}

/** Whether something that the event builds on is not shown. What was not accepted is never shown, and no gap. */
async function lacks(
  { roomId, prevEvents }: EventJson,
  come: ReadonlySet<string>,
  { roomServer, tables }: Tools,
): Promise<boolean> {
  const unseen = prevEvents.filter(id => !come.has(id) && tables.timeline.find(roomId, id) === undefined)
  if (unseen.length === 0) return false
  const known = await eventsById(roomServer, roomId, unseen)
  const notShown = new Set(
    known.flatMap(({ eventId, status, outlier }) => (outlier || status === 'accepted' ? [] : [eventId])),
  )
  return unseen.some(id => !notShown.has(id))
}
