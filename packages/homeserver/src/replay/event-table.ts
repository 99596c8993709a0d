/**
 * The events of one room in memory, numbered in order of arrival, as the graph that state resolution works on.
 */
import { createEventIdOf, type EventNumber, type KeyNumber, type RoomEvent, type RoomGraph } from '@neurite/protocol'

/** The key of events that are no state. */
const noKey: KeyNumber = -1

export class EventTable implements RoomGraph {
  readonly #events: RoomEvent[] = []
  readonly #authEvents: (readonly EventNumber[])[] = []
  readonly #prevEvents: (readonly EventNumber[])[] = []
  readonly #keys: KeyNumber[] = []
  readonly #numbers = new Map<string, EventNumber>()
  readonly #keyNumbers = new Map<string, Map<string, KeyNumber>>()
  readonly #rejected = new Set<EventNumber>()
  #keyCount = 0

  get size(): number {
    return this.#events.length
  }

  add(event: RoomEvent, authEvents: readonly EventNumber[], prevEvents: readonly EventNumber[]): EventNumber {
    const number = this.#events.push(event) - 1
    this.#authEvents.push(authEvents)
    this.#prevEvents.push(prevEvents)
    this.#keys.push(event.stateKey === undefined ? noKey : this.#numberKey(event.type, event.stateKey))
    this.#numbers.set(event.eventId, number)
    return number
  }

  reject(event: EventNumber): void {
    this.#rejected.add(event)
  }

  numberOf(eventId: string): EventNumber | undefined {
    return this.#numbers.get(eventId)
  }

  event(event: EventNumber): RoomEvent {
    return this.#events[event] as RoomEvent
  }

  authEvents(event: EventNumber): readonly EventNumber[] {
    return this.#authEvents[event] as readonly EventNumber[]
  }

  prevEvents(event: EventNumber): readonly EventNumber[] {
    return this.#prevEvents[event] as readonly EventNumber[]
  }

  keyOf(event: EventNumber): KeyNumber {
    return this.#keys[event] as KeyNumber
  }

  keyNumber(type: string, stateKey: string): KeyNumber | undefined {
    return this.#keyNumbers.get(type)?.get(stateKey)
  }

  isRejected(event: EventNumber): boolean {
    return this.#rejected.has(event)
  }

  get impliedCreate(): EventNumber | undefined {
    const first = this.#events[0]
    if (first === undefined || !first.rules.auth.createImpliedByRoomId) return undefined
    return this.numberOf(createEventIdOf(first.roomId))
  }

  #numberKey(type: string, stateKey: string): KeyNumber {
    let ofType = this.#keyNumbers.get(type)
    if (ofType === undefined) {
      ofType = new Map()
      this.#keyNumbers.set(type, ofType)
    }
    let number = ofType.get(stateKey)
    if (number === undefined) {
      number = this.#keyCount++
      ofType.set(stateKey, number)
    }
    return number
  }
}
