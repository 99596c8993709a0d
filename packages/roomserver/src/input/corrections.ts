/**
 * Judging provisional events again. A verdict is provisional while it rests on a state that someone gave, or on auth events whose own
 * place in the graph is not known; it becomes final once all that the event builds on is here and final. Works in bounded durable
 * steps: each event is one commit, and what is left is found again after a crash. Design, "Each snapshot records where it comes from".
 */
import { createEventIdOf, type EventId, type RoomEvent } from '@neurite/protocol'
import type { EventRow, WaitRow } from '../storage/index.ts'
import type { EventNid } from '../types/index.ts'
import type { EventSource } from './event-source.ts'
import type { StepContext } from './step.ts'
import type { StoredEvent, Work } from './work.ts'

/** An event that is judged again, with all that it builds on. */
export interface Correctable {
  readonly row: EventRow
  readonly event: RoomEvent
  readonly prevEvents: readonly EventRow[]
  readonly authEvents: readonly StoredEvent[]
  readonly impliedCreate: StoredEvent | undefined
}

/** Whether an event's verdict may change: it rests on a given state, or on auth events that may yet turn out to be rejected. */
export function isProvisional({ stateBefore, authEvents }: Work): boolean {
  return stateBefore.origin !== 'computed' || authEvents.some(({ row }) => row.outlier)
}

/** What a provisional event waits for: prev events that are not here with their state, and auth events that are outliers. */
export function waitsOf(nid: EventNid, { event, prevEvents, authEvents }: Work): WaitRow[] {
  const present = new Set(prevEvents.map(row => row.eventId))
  const missing = event.prevEvents.filter(eventId => !present.has(eventId))
  const outliers = authEvents.filter(({ row }) => row.outlier).map(({ row }) => row.eventId)
  return [...new Set([...missing, ...outliers])].map(on => ({ on, event: nid }))
}

/** The event with all it builds on; undefined where something is missing, an outlier, or provisional itself. */
export async function correctable(
  nid: EventNid,
  { room, reader, events }: Pick<StepContext, 'room' | 'reader' | 'events'>,
): Promise<Correctable | undefined> {
  const [row] = await room.rowsByNid([nid], reader)
  if (row === undefined || !row.provisional) return undefined
  const event = (await events.load([nid])).get(nid) as RoomEvent
  const rows = await room.eventRows([...event.prevEvents, ...event.authEvents, ...impliedCreateOf(event)], reader)
  const settled = (eventId: string) => {
    const found = rows.get(eventId)
    return found !== undefined && !found.outlier && !found.provisional
  }
  return [...event.prevEvents, ...event.authEvents].every(settled) ? withStored(row, event, rows, events) : undefined
}

/** The event with those that it builds on and that are here; undefined where it is not stored or an outlier. */
export async function rejudgeable(
  nid: EventNid,
  { room, reader, events }: Pick<StepContext, 'room' | 'reader' | 'events'>,
): Promise<Correctable | undefined> {
  const [row] = await room.rowsByNid([nid], reader)
  if (row === undefined || row.outlier) return undefined
  const event = (await events.load([nid])).get(nid) as RoomEvent
  const rows = await room.eventRows([...event.prevEvents, ...event.authEvents, ...impliedCreateOf(event)], reader)
  return withStored(row, event, rows, events)
}

async function withStored(
  row: EventRow,
  event: RoomEvent,
  rows: ReadonlyMap<string, EventRow>,
  events: EventSource,
): Promise<Correctable> {
  const loaded = await events.load([...rows.values()].map(found => found.event))
  const stored = (eventId: EventId): StoredEvent[] => {
    const found = rows.get(eventId)
    return found === undefined ? [] : [{ row: found, event: loaded.get(found.event) as RoomEvent }]
  }
  const prevEvents = event.prevEvents.flatMap(eventId => rows.get(eventId) ?? [])
  return {
    row,
    event,
    prevEvents: prevEvents.filter(({ outlier }) => !outlier),
    authEvents: event.authEvents.flatMap(stored),
    impliedCreate: impliedCreateOf(event).flatMap(stored)[0],
  }
}

function impliedCreateOf({ roomId, rules }: RoomEvent): EventId[] {
  return rules.auth.createImpliedByRoomId ? [createEventIdOf(roomId)] : []
}
