/**
 * What one event needs, with all that it takes to meet it: whom to ask, what is stored, where to put what comes.
 */
import { type Crypto, type EventId, type RoomEvent, rulesOf } from '@neurite/protocol'
import type { EventRow, Reader } from '../../storage/index.ts'
import type { InputItem, InputResult } from '../item.ts'
import type { ReadingRoom } from './fetched-events.ts'
import type { Sources } from './sources.ts'

/** What became of a need. */
export type Fetched =
  /** Something came that was missing: the event's turn can be taken again, with the state before it where that was fetched. */
  { readonly kind: 'progress'; readonly stateEventIds?: readonly EventId[] } | { readonly kind: 'nothing' }

/** The input, as fetching uses it. */
export interface Intake {
  /** Takes events one after the other, without fetching for them in turn beyond their auth events. */
  take(items: readonly InputItem[]): Promise<InputResult[]>
  inHand(eventId: string): Promise<InputResult> | undefined
  /** The event was fetched by nobody, so that it may fetch what comes before it. */
  readonly mayCloseGaps: boolean
  /** The event was tried before, and had to wait. */
  readonly isRetry: boolean
}

/** One event's need, with what is needed to meet it. */
export interface Need {
  readonly item: InputItem
  readonly event: RoomEvent
  readonly eventIds: readonly string[]
  readonly sources: Sources
  readonly reader: Reader
  readonly crypto: Crypto
  readonly intake: Intake
  /** The room's own state is being fetched: no other is before it is here. */
  readonly isPartial: boolean
  /** Lets other work run. */
  readonly pause: () => Promise<void>
}

/** Events that are looked up between two looks at how long it has taken: about a millisecond. */
const eventsLookedUp = 200

/** Whether events are stored, by ID. */
export async function storedAmong(need: Need, eventIds: readonly string[]): Promise<Set<string>> {
  const stored = new Set<string>()
  const room = await need.reader.room(need.item.roomId)
  if (room === undefined) return stored
  for (let at = 0; at < eventIds.length; at += eventsLookedUp) {
    await need.pause()
    const nids = await need.reader.eventNids(room.room, eventIds.slice(at, at + eventsLookedUp))
    for (const eventId of nids.keys()) stored.add(eventId)
  }
  return stored
}

/** The rows of those of some events that are stored. */
export async function rowsAmong(need: Need, eventIds: readonly string[]): Promise<EventRow[]> {
  const rows: EventRow[] = []
  const room = await need.reader.room(need.item.roomId)
  if (room === undefined) return rows
  for (let at = 0; at < eventIds.length; at += eventsLookedUp) {
    await need.pause()
    const nids = await need.reader.eventNids(room.room, eventIds.slice(at, at + eventsLookedUp))
    rows.push(...(await need.reader.events([...nids.values()])))
  }
  return rows
}

/** The need's room, as events are read for it. */
export function readingRoom({ item, crypto, pause }: Need): ReadingRoom {
  return { roomId: item.roomId, rules: rulesOf(item.roomVersion), crypto, pause }
}

/** An outlier for the input, of the same room and origin as the need. */
export function outlierItem({ item }: Need, pdu: string, origin: string): InputItem {
  return { kind: 'outlier', roomId: item.roomId, roomVersion: item.roomVersion, pdu, origin }
}
