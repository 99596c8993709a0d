/**
 * A graph of numbered events as the second opinion sees it: events and states by ID, with nothing computed by the rules
 * that are compared with it.
 */
import {
  type Crypto,
  canonicalJson,
  type JsonValue,
  type RoomEvent,
  type RoomGraph,
  type StateMap,
} from '@neurite/protocol'
import type { Json, PlainContext, PlainEvent } from './second-opinion/index.ts'

/** A graph that finds events by their IDs too. */
export interface NumberedEvents extends RoomGraph {
  numberOf(eventId: string): number | undefined
}

const plainEvents = new WeakMap<RoomEvent, PlainEvent>()

/** The same event in the second opinion's shape. */
export function plainEventOf(event: RoomEvent): PlainEvent {
  let plain = plainEvents.get(event)
  if (plain === undefined) {
    const { eventId, roomId, type, stateKey, sender, depth, prevEvents, authEvents, redacts, json } = event
    plain = {
      ...{ eventId, roomId, type, stateKey, sender, depth, prevEvents, authEvents, redacts },
      content: event.content as PlainEvent['content'],
      // Beyond 2^53 it is a bigint, which compares with numbers as they do with each other.
      originServerTs: event.originServerTs as number,
      pdu: json as PlainEvent['pdu'],
    }
    plainEvents.set(event, plain)
  }
  return plain
}

export class PlainView implements PlainContext {
  readonly #graph: NumberedEvents
  readonly #crypto: Crypto
  readonly #states = new WeakMap<StateMap, ReadonlyMap<string, PlainEvent>>()

  constructor(graph: NumberedEvents, crypto: Crypto) {
    this.#graph = graph
    this.#crypto = crypto
  }

  event(id: string): PlainEvent | undefined {
    const number = this.#graph.numberOf(id)
    return number === undefined ? undefined : plainEventOf(this.#graph.event(number))
  }

  isRejected(id: string): boolean {
    const number = this.#graph.numberOf(id)
    return number !== undefined && this.#graph.isRejected(number)
  }

  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return this.#crypto.verify(publicKey, Buffer.from(message).toString('utf8'), signature)
  }

  canonical(value: Json): string {
    return canonicalJson(value as JsonValue)
  }

  /** A state by type and state key. */
  stateOf(state: StateMap): ReadonlyMap<string, PlainEvent> {
    let events = this.#states.get(state)
    if (events === undefined) {
      events = new Map([...state.values()].map(number => this.#entry(number)))
      this.#states.set(state, events)
    }
    return events
  }

  /** A state by type and state key, with event IDs in place of events. */
  idsOf(state: StateMap): Map<string, string> {
    return new Map([...this.stateOf(state)].map(([key, { eventId }]) => [key, eventId]))
  }

  /** The way back: numbers for the event IDs of a state. */
  numbersOf(state: ReadonlyMap<string, string>): Map<number, number> {
    const numbers = new Map<number, number>()
    for (const id of state.values()) {
      const number = this.#graph.numberOf(id)
      if (number === undefined) throw new Error(`the second opinion names ${id}, which is not known`)
      numbers.set(this.#graph.keyOf(number), number)
    }
    return numbers
  }

  #entry(number: number): [string, PlainEvent] {
    const event = this.#graph.event(number)
    return [`${event.type}\t${event.stateKey}`, plainEventOf(event)]
  }
}
