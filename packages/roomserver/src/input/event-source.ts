/**
 * Events by NID, out of a cache or out of storage.
 */
import type { RoomEvent } from '@neurite/protocol'
import type { MemberEvent } from '../state/index.ts'
import type { EventNid } from '../types/index.ts'

export interface EventSource {
  /** @throws where one of them is not stored: a NID comes from storage, so its event is there */
  load(events: readonly EventNid[]): Promise<ReadonlyMap<EventNid, RoomEvent>>
  /** What member events say, by far cheaper than all of each. @throws as `load` does */
  members(events: readonly EventNid[]): Promise<ReadonlyMap<EventNid, MemberEvent>>
  /** Keeps an event that is being decided: at hand while something is done, and for those that come next where there is room. */
  holding<T>(nid: EventNid, event: RoomEvent, work: () => Promise<T>): Promise<T>
}
