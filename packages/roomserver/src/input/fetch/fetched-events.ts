/**
 * Events that another server sent in answer to a question: read for what they refer to, and put in the order in which they can be
 * taken. They are checked like any others when they are taken; here nothing is believed but their form.
 */
import { type Crypto, PduError, type RoomEvent, type RoomVersionRules, readPdu } from '@neurite/protocol'

/** An event with the text that it came as. */
export interface FetchedEvent {
  readonly pdu: string
  readonly event: RoomEvent
  /** Its content is what was hashed. If not it would be taken in its redacted form. */
  readonly isWhole: boolean
}

/** Events by ID. */
export type FetchedEvents = ReadonlyMap<string, FetchedEvent>

/** The room that events are read for. */
export interface ReadingRoom {
  readonly roomId: string
  readonly rules: RoomVersionRules
  readonly crypto: Crypto
  /** Lets other work run: answers may hold very many events. */
  readonly pause: () => Promise<void>
}

/** What is read between two looks at how long it has taken: a fraction of a millisecond. */
const eventsAtOnce = 16
/** What is put in order between two such looks. */
const placedAtOnce = 512

/** Reads PDUs; what is no event of this room is left out. @param limit how many at most; the rest is left out too */
export async function readFetched(
  pdus: readonly string[],
  { roomId, rules, crypto, pause }: ReadingRoom,
  limit: number,
): Promise<Map<string, FetchedEvent>> {
  const events = new Map<string, FetchedEvent>()
  for (const [at, pdu] of pdus.slice(0, limit).entries()) {
    if (at % eventsAtOnce === 0) await pause()
    try {
      const read = readPdu(pdu, rules, crypto, { referenceLimits: false, longKeys: true })
      const { event, contentHashMatches: isWhole } = read
      if (event.roomId === roomId) events.set(event.eventId, { pdu, event, isWhole })
    } catch (error) {
      if (!(error instanceof PduError)) throw error
    }
  }
  return events
}

/** Those of the events that some events are, or lead back to by their prev events: what else a server sends along is no answer. */
export function leadingTo(eventIds: Iterable<string>, events: FetchedEvents): Map<string, FetchedEvent> {
  const connected = new Map<string, FetchedEvent>()
  const open = [...eventIds]
  for (let eventId = open.pop(); eventId !== undefined; eventId = open.pop()) {
    const found = events.get(eventId)
    if (found === undefined || connected.has(eventId)) continue
    connected.set(eventId, found)
    open.push(...found.event.prevEvents)
  }
  return connected
}

/** Which of its references an order goes by. */
export type References = (event: RoomEvent) => readonly string[]

/** The events with those that they refer to before them; what is not among them does not matter. Iterative: chains are deep. */
export async function inOrder(
  events: FetchedEvents,
  references: References,
  pause: () => Promise<void>,
): Promise<FetchedEvent[]> {
  const ordered: FetchedEvent[] = []
  const entered = new Set<string>()
  const placed = new Set<string>()
  for (const start of events.keys()) {
    const open = [start]
    for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
      const fetched = events.get(id) as FetchedEvent
      if (!entered.has(id)) {
        entered.add(id)
        if (entered.size % placedAtOnce === 0) await pause()
        for (const reference of references(fetched.event))
          if (events.has(reference) && !entered.has(reference)) open.push(reference)
        continue
      }
      open.pop()
      if (placed.has(id)) continue
      placed.add(id)
      ordered.push(fetched)
    }
  }
  return ordered
}

export const authReferences: References = event => event.authEvents
export const prevReferences: References = event => event.prevEvents
