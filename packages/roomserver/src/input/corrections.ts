/**
 * Judging provisional events again. A verdict is provisional while it rests on a state that someone gave; it becomes final once all
 * that the event builds on is here with final states. Works in bounded durable steps: each event is one commit, and what is left is
 * found again after a crash. Design, "Each snapshot records where it comes from".
 */
import type { RoomEvent } from '@neurite/protocol'
import type { EventRow } from '../storage/index.ts'
import type { EventNid } from '../types/index.ts'
import type { StepContext } from './step.ts'

/** Provisional rows read at once. */
const pageRows = 1_000

/** An event that can be judged for good now, with the rows of all its prev events. */
export interface Correctable {
  readonly row: EventRow
  readonly event: RoomEvent
  readonly prevEvents: readonly EventRow[]
}

/** Which events wait for which, so that an arrival need not look at every provisional event. */
export class ProvisionalIndex {
  /** Prev events that were not here when an event was judged, by ID, with the events that name them. */
  readonly #waitingFor = new Map<string, Set<EventNid>>()
  /** Provisional events that build on provisional ones. */
  readonly #children = new Map<EventNid, Set<EventNid>>()

  /** Reads all provisional events of a room. */
  static async load(context: Pick<StepContext, 'reader' | 'events' | 'room'>): Promise<ProvisionalIndex> {
    const index = new ProvisionalIndex()
    for (let after: EventNid | 0 = 0; ; ) {
      const rows: EventRow[] = await context.reader.provisionalEvents(context.room.nid, after, pageRows)
      const loaded = await context.events.load(rows.map(row => row.event))
      for (const row of rows) index.add(row, loaded.get(row.event) as RoomEvent, await namesOf(row, context))
      const last = rows.at(-1)
      if (last === undefined) return index
      after = last.event
    }
  }

  get isEmpty(): boolean {
    return this.#waitingFor.size === 0 && this.#children.size === 0
  }

  /** @param prevIds the IDs of those of its prev events that are stored */
  add(row: EventRow, event: RoomEvent, prevIds: ReadonlySet<string>): void {
    for (const eventId of event.prevEvents) if (!prevIds.has(eventId)) addTo(this.#waitingFor, eventId, row.event)
    for (const prev of row.prevEvents) addTo(this.#children, prev, row.event)
  }

  /** Moves those that wait for this event by its ID to those that build on it: it is here, but not final. */
  whatWaitsFor(row: EventRow): EventNid[] {
    for (const event of this.#waitingFor.get(row.eventId) ?? []) addTo(this.#children, row.event, event)
    this.#waitingFor.delete(row.eventId)
    return []
  }

  /** Events that may be judged for good now that this one is here, or is final. */
  whatDependsOn(row: EventRow): EventNid[] {
    const events = [...(this.#waitingFor.get(row.eventId) ?? []), ...(this.#children.get(row.event) ?? [])]
    this.#waitingFor.delete(row.eventId)
    this.#children.delete(row.event)
    return events
  }

  /** All events that wait for something, for a look after a start. */
  all(): Set<EventNid> {
    return new Set([...this.#waitingFor.values(), ...this.#children.values()].flatMap(events => [...events]))
  }
}

async function namesOf(row: EventRow, { room, reader }: Pick<StepContext, 'room' | 'reader'>): Promise<Set<string>> {
  return new Set((await room.rowsByNid(row.prevEvents, reader)).map(prev => prev.eventId))
}

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, new Set([value]))
  else values.add(value)
}

/** The event with all it builds on; undefined where something is still missing, an outlier, or provisional itself. */
export async function correctable(
  nid: EventNid,
  { room, reader, events }: Pick<StepContext, 'room' | 'reader' | 'events'>,
): Promise<Correctable | undefined> {
  const [row] = await room.rowsByNid([nid], reader)
  if (row === undefined || !row.provisional) return undefined
  const event = (await events.load([nid])).get(nid) as RoomEvent
  const prevRows = await room.eventRows(event.prevEvents, reader)
  const prevEvents = event.prevEvents.flatMap(eventId => prevRows.get(eventId) ?? [])
  const complete =
    prevEvents.length === event.prevEvents.length && !prevEvents.some(prev => prev.outlier || prev.provisional)
  return complete ? { row, event, prevEvents } : undefined
}
