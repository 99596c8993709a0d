/**
 * Events as they leave the room server: in federation form, redacted where a redaction applies.
 */
import { canonicalJson } from '@neurite/protocol'
import type { EventInfo } from '../api/index.ts'
import type { EventRow, RoomRow } from '../storage/rows.ts'
import type { EventNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'

type Source = Pick<QueryContext, 'reader' | 'events'>

/** The room whose events they are. */
type OfRoom = Pick<RoomRow, 'room' | 'roomId' | 'roomVersion'>

/** Events of a room with their JSON, in the order given. @throws where one of them is not stored */
export async function eventInfos(events: readonly EventNid[], room: OfRoom, context: Source): Promise<EventInfo[]> {
  const rows = new Map((await context.reader.events(events)).map(row => [row.event, row]))
  const ordered = events.map(event => {
    const row = rows.get(event)
    if (row === undefined) throw new Error(`event NID ${event} is not stored`)
    return row
  })
  return infosOf(ordered, room, context)
}

/** The same for rows that are at hand. */
export async function infosOf(rows: readonly EventRow[], room: OfRoom, context: Source): Promise<EventInfo[]> {
  const { reader } = context
  const { roomId, roomVersion } = room
  const texts = await reader.eventJson(rows.map(({ event }) => event))
  const redactions = await redactionsOf(rows, room, context)
  const redacted = await redactedPdus(
    rows.flatMap(({ event, eventId }) => (redactions.has(eventId) ? [event] : [])),
    context,
  )
  return rows.map(({ event, eventId, status, outlier }) => {
    const pdu = redacted.get(event) ?? (texts.get(event) as string)
    const redactedBecause = redactions.get(eventId)
    const info = { eventId, roomId, roomVersion, pdu, status, outlier }
    return redactedBecause === undefined ? info : { ...info, redactedBecause }
  })
}

/** For each of the events that is redacted a redaction that has taken effect. */
export async function redactionsOf(
  rows: readonly EventRow[],
  { room }: Pick<RoomRow, 'room'>,
  { reader }: Pick<QueryContext, 'reader'>,
): Promise<Map<string, string>> {
  const ids = new Set(rows.map(({ eventId }) => eventId))
  const noted = await reader.redactions(room, [...ids])
  const applied = noted.filter(({ applied, target }) => applied && ids.has(target))
  return new Map(applied.map(({ target, redaction }) => [target, redaction]))
}

/** The JSON texts of events of a room, redacted where a redaction applies. */
export async function pdus(events: readonly EventNid[], room: OfRoom, context: Source): Promise<string[]> {
  return (await eventInfos(events, room, context)).map(({ pdu }) => pdu)
}

/** The JSON texts of events in their redacted form. */
export async function redactedPdus(
  nids: readonly EventNid[],
  { events }: Pick<QueryContext, 'events'>,
): Promise<Map<EventNid, string>> {
  const loaded = await events.load(nids)
  return new Map([...loaded].map(([nid, event]) => [nid, canonicalJson(event.redacted().json)]))
}
