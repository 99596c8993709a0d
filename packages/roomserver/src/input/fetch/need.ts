/**
 * What one event needs, with all that it takes to meet it: whom to ask, what is stored, where to put what comes.
 */
import { type Crypto, type EventId, type RoomEvent, rulesOf } from '@neurite/protocol'
import type { Reader } from '../../storage/index.ts'
import type { InputItem, InputResult } from '../item.ts'
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
}

/** Whether events are stored, by ID. */
export async function storedAmong({ reader, item }: Need, eventIds: readonly string[]): Promise<Set<string>> {
  const room = await reader.room(item.roomId)
  if (room === undefined) return new Set()
  return new Set((await reader.eventNids(room.room, eventIds)).keys())
}

export function rulesFor({ item }: Need) {
  return rulesOf(item.roomVersion)
}

/** An outlier for the input, of the same room and origin as the need. */
export function outlierItem({ item }: Need, pdu: string, origin: string): InputItem {
  return { kind: 'outlier', roomId: item.roomId, roomVersion: item.roomVersion, pdu, origin }
}
