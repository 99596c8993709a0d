/**
 * Events as they leave the room server: in federation form, redacted where a redaction applies.
 */
import { canonicalJson } from '@neurite/protocol'
import type { EventInfo } from '../api/index.ts'
import { type EventRow, type EventText, eventText, type RoomRow } from '../storage/rows.ts'
import type { EventNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'

type Source = Pick<QueryContext, 'reader' | 'events'>

/** The room whose events they are. */
type OfRoom = Pick<RoomRow, 'room' | 'roomId' | 'roomVersion'>

/** Events of a room with their JSON, in the order given. @throws where one of them is not stored */
export async function eventInfos(events: readonly EventNid[], room: OfRoom, context: Source): Promise<EventInfo[]> {
  const texts = new Map((await context.reader.eventTexts(events)).map(text => [text.event, text]))
  const ordered = events.map(event => {
    const text = texts.get(event)
    if (text === undefined) throw new Error(`event NID ${event} is not stored`)
    return text
  })
  return infosOfTexts(ordered, room, context)
}

/** The same for rows that are at hand. */
export async function infosOf(rows: readonly EventRow[], room: OfRoom, context: Source): Promise<EventInfo[]> {
  const texts = await context.reader.eventJson(rows.map(({ event }) => event))
  return infosOfTexts(
    rows.map(row => eventText(row, texts.get(row.event) as string)),
    room,
    context,
  )
}

async function infosOfTexts(texts: readonly EventText[], room: OfRoom, context: Source): Promise<EventInfo[]> {
  const { roomId, roomVersion } = room
  const redactions = await redactionsOf(texts, room, context)
  const redacted = await redactedPdus(
    texts.flatMap(({ event, eventId }) => (redactions.has(eventId) ? [event] : [])),
    context,
  )
  return texts.map(({ event, eventId, status, outlier, json }) => {
    const pdu = redacted.get(event) ?? json
    const redactedBecause = redactions.get(eventId)
    const info = { eventId, roomId, roomVersion, pdu, status, outlier }
    return redactedBecause === undefined ? info : { ...info, redactedBecause }
  })
}

/** For each of the events that is redacted a redaction that has taken effect. */
export async function redactionsOf(
  rows: readonly Pick<EventRow, 'eventId'>[],
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
