/**
 * What resolutions in a room found out about its events: the events themselves, the keys that auth event selection names for them, and
 * the verdicts they came to. While a room is forked, each resolution is about nearly the same events as the one before.
 */
import type { EventNumber, RememberedEvent, RoomEvent } from '@neurite/protocol'
import { emptyStateKeyNid, type StateKeyNid } from '../types/index.ts'

/** Events remembered in a room: many more than a fork has. Beyond it everything is forgotten, and what is needed comes back. */
const maxEvents = 8_192
/** What an event with its keys and its verdict takes, where the event is in no other cache any more. */
const eventBytes = 4_000

export class ResolutionMemory {
  readonly events = new Map<EventNumber, RoomEvent>()
  /** What was found out about those that were judged; the events that they name were loaded then. */
  readonly judged = new Map<EventNumber, RememberedEvent>()
  /** Of all names that the events' selections name. */
  readonly stateKeys = new Map<string, StateKeyNid>([['', emptyStateKeyNid]])
  #inUse = 0

  get bytes(): number {
    return this.events.size * eventBytes
  }

  /** The number may become another event's. */
  forget(event: EventNumber): void {
    this.events.delete(event)
    this.judged.delete(event)
  }

  /** A resolution begins: nothing is forgotten until it has ended. @returns to be called then */
  use(): () => void {
    this.#inUse++
    return () => {
      if (--this.#inUse === 0 && this.events.size > maxEvents) this.#clear()
    }
  }

  #clear(): void {
    for (const map of [this.events, this.judged, this.stateKeys]) map.clear()
    this.stateKeys.set('', emptyStateKeyNid)
  }
}
