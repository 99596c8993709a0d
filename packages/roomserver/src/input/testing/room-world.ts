/**
 * All there is of one room, as events and their graph and without any verdict: what a server that has everything could
 * answer. For tests, the simulator and replays with missing events.
 */
import { type Crypto, type EventId, type RoomId, type RoomVersionRules, readPdu } from '@neurite/protocol'
import type { MissingEventsQuery } from '../remote-servers.ts'
import type { MadeEvent } from './event-maker.ts'

/** The IDs of the state before an event; undefined where it is not known. */
export type StateBefore = (eventId: EventId) => Iterable<EventId> | undefined

export class RoomWorld {
  readonly rules: RoomVersionRules
  readonly #crypto: Crypto
  readonly #stateBefore: StateBefore
  readonly #events = new Map<string, MadeEvent>()
  /** When an event was added, counted from 0. */
  readonly #places = new Map<string, number>()

  /** @param stateBefore asked anew at each question, so it may learn as the room goes on */
  constructor(rules: RoomVersionRules, crypto: Crypto, stateBefore: StateBefore = () => undefined) {
    this.rules = rules
    this.#crypto = crypto
    this.#stateBefore = stateBefore
  }

  /** The ID of the room that the first event is of. */
  get roomId(): RoomId | undefined {
    for (const { event } of this.#events.values()) return event.roomId
    return undefined
  }

  get size(): number {
    return this.#events.size
  }

  /** Adds an event as JSON text. @throws PduError where it is none */
  add(pdu: string): MadeEvent {
    const made = { pdu, event: readPdu(pdu, this.rules, this.#crypto, { referenceLimits: false }).event }
    this.addMade(made)
    return made
  }

  addMade(made: MadeEvent): void {
    if (!this.#places.has(made.event.eventId)) this.#places.set(made.event.eventId, this.#places.size)
    this.#events.set(made.event.eventId, made)
  }

  get(eventId: string): MadeEvent | undefined {
    return this.#events.get(eventId)
  }

  /** All events in the order they were added. */
  events(): Iterable<MadeEvent> {
    return this.#events.values()
  }

  /** The auth chain of events, without themselves but where one is in another's; those it refers to come first. */
  authChain(eventIds: Iterable<EventId>): MadeEvent[] {
    const found = new Map<string, MadeEvent>()
    const open = [...eventIds].flatMap(eventId => this.get(eventId)?.event.authEvents ?? [])
    for (let eventId = open.pop(); eventId !== undefined; eventId = open.pop()) {
      const made = this.get(eventId)
      if (made === undefined || found.has(eventId)) continue
      found.set(eventId, made)
      open.push(...made.event.authEvents)
    }
    return this.#inOrderAdded(found)
  }

  /** What lies between: breadth first from the latest back, as far as the limit, then oldest first. */
  missingEvents({ earliest, latest, limit, minDepth }: MissingEventsQuery): MadeEvent[] {
    const seen = new Set<string>([...earliest, ...latest])
    const found = new Map<string, MadeEvent>()
    let front: readonly EventId[] = latest
    while (front.length > 0 && found.size < limit) {
      const next: EventId[] = []
      for (const eventId of front)
        for (const prev of this.get(eventId)?.event.prevEvents ?? []) {
          const made = this.get(prev)
          if (seen.has(prev) || made === undefined || made.event.depth < minDepth || found.size >= limit) continue
          seen.add(prev)
          found.set(prev, made)
          next.push(prev)
        }
      front = next
    }
    return this.#inOrderAdded(found)
  }

  /** The state before an event with its auth chain; undefined where it is not known, or some of it is not here. */
  state(eventId: EventId): { readonly state: MadeEvent[]; readonly authChain: MadeEvent[] } | undefined {
    const ids = this.#stateBefore(eventId)
    if (ids === undefined) return undefined
    const state = [...ids].map(id => this.get(id))
    if (!state.every(made => made !== undefined)) return undefined
    return { state, authChain: this.authChain(state.map(({ event }) => event.eventId)) }
  }

  #inOrderAdded(found: ReadonlyMap<string, MadeEvent>): MadeEvent[] {
    const place = (eventId: string) => this.#places.get(eventId) as number
    return [...found].sort(([a], [b]) => place(a) - place(b)).map(([, made]) => made)
  }
}
