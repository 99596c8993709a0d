/**
 * Judging provisional events again. A verdict is provisional while it rests on a state that someone gave, or on auth events whose own
 * place in the graph is not known; it becomes final once all that the event builds on is here and final. Works in bounded durable
 * steps: each event is one commit, and what is left is found again after a crash. Design, "Each snapshot records where it comes from".
 */
import { createEventIdOf, type EventId, type RoomEvent } from '@neurite/protocol'
import type { EventRow, WaitRow } from '../storage/index.ts'
import type { EventNid } from '../types/index.ts'
import type { StepContext } from './step.ts'
import type { StoredEvent, Work } from './work.ts'

type CorrectableContext = Pick<StepContext, 'room' | 'reader' | 'events' | 'states'>

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
export async function correctable(nid: EventNid, context: CorrectableContext): Promise<Correctable | undefined> {
  const found = await withReferences(nid, context)
  if (found === undefined || !found.row.provisional) return undefined
  const isSettled = ({ outlier, provisional }: EventRow) => !outlier && !provisional
  const { row, event, prevEvents, authEvents, impliedCreate } = found
  if (prevEvents.length < event.prevEvents.length || !prevEvents.every(isSettled)) return undefined
  if (!authEvents.every(({ row: authRow }) => isSettled(authRow))) return undefined
  return { row, event, prevEvents, authEvents, impliedCreate }
}

/**
 * An event that rests on a state which lacked members, where all that it builds on rests on whole ones by now; undefined for all others.
 * What is judged then is still provisional: it rests on what was given.
 */
export async function completable(nid: EventNid, context: CorrectableContext): Promise<Correctable | undefined> {
  const { states } = context
  const found = await withReferences(nid, context)
  if (found === undefined || !found.row.provisional) return undefined
  const { event, prevEvents, row } = found
  if ((await states.originOf(row.snapshotBefore)) !== 'partial') return undefined
  if (prevEvents.length < event.prevEvents.length) return undefined
  for (const prev of prevEvents)
    if (prev.outlier || (await states.originOf(prev.snapshotAfter)) === 'partial') return undefined
  return found
}

/** An event with those of the events that it refers to which are stored. Undefined where it is not stored, or an auth event is not. */
export async function withReferences(
  nid: EventNid,
  { room, reader, events }: CorrectableContext,
): Promise<Correctable | undefined> {
  const [row] = await room.rowsByNid([nid], reader)
  if (row === undefined) return undefined
  const event = (await events.load([nid])).get(nid) as RoomEvent
  const rows = await room.eventRows([...event.prevEvents, ...event.authEvents, ...impliedCreateOf(event)], reader)
  if (!event.authEvents.every(eventId => rows.has(eventId))) return undefined
  const named = [...event.authEvents, ...impliedCreateOf(event)].flatMap(eventId => rows.get(eventId) ?? [])
  const loaded = await events.load(named.map(found => found.event))
  const stored = (eventId: EventId): StoredEvent[] => {
    const found = rows.get(eventId)
    return found === undefined ? [] : [{ row: found, event: loaded.get(found.event) as RoomEvent }]
  }
  return {
    row,
    event,
    prevEvents: event.prevEvents.flatMap(eventId => rows.get(eventId) ?? []),
    authEvents: event.authEvents.flatMap(stored),
    impliedCreate: impliedCreateOf(event).flatMap(stored)[0],
  }
}

/** An event in the graph, to be judged by another state than before; undefined where it is not stored or an outlier. */
export async function rejudgeable(nid: EventNid, context: CorrectableContext): Promise<Correctable | undefined> {
  const found = await withReferences(nid, context)
  if (found === undefined || found.row.outlier) return undefined
  return { ...found, prevEvents: found.prevEvents.filter(({ outlier }) => !outlier) }
}

function impliedCreateOf({ roomId, rules }: RoomEvent): EventId[] {
  return rules.auth.createImpliedByRoomId ? [createEventIdOf(roomId)] : []
}
