/**
 * Event IDs by NID in memory, before the table. An event's ID never changes, and a committed NID is never used for another.
 */
import type { EventNid } from '../../types/index.ts'
import { BoundedMap } from '../bounded-map.ts'

/** Those of a state of 100,000 entries and more, which are in use together. Some 30 MB when full. */
const maxKeptIds = 250_000

export class KeptEventIds {
  #ids = new BoundedMap<EventNid, string>(maxKeptIds)

  /** Forgets all: some of the events are no longer there. */
  clear(): void {
    this.#ids = new BoundedMap(maxKeptIds)
  }

  /** @param read those that are not in memory */
  of(
    events: readonly EventNid[],
    read: (missing: readonly EventNid[]) => Iterable<readonly [EventNid, string]>,
  ): Map<EventNid, string> {
    const found = new Map<EventNid, string>()
    const missing: EventNid[] = []
    for (const event of events) {
      const known = this.#ids.get(event)
      if (known === undefined) missing.push(event)
      else found.set(event, known)
    }
    for (const [event, eventId] of missing.length === 0 ? [] : read(missing)) {
      this.#ids.set(event, eventId)
      found.set(event, eventId)
    }
    return found
  }
}
