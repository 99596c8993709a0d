/**
 * Events by NID, out of a cache or out of storage.
 */
import type { RoomEvent } from '@neurite/protocol'
import type { EventNid } from '../types/index.ts'

export interface EventSource {
  /** @throws where one of them is not stored: a NID comes from storage, so its event is there */
  load(events: readonly EventNid[]): Promise<ReadonlyMap<EventNid, RoomEvent>>
  /** Keeps an event that was just decided, so that the next ones need not read it. */
  keep(nid: EventNid, event: RoomEvent): void
}
