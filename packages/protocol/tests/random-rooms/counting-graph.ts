/**
 * A graph that counts how often it is asked: a measure of work that no other load on the machine changes.
 */
import type { EventNumber, RoomEvent, RoomGraph } from '@neurite/protocol'

export class CountingGraph implements RoomGraph {
  /** Events whose auth events were asked for. */
  walked = 0
  /** Events that were asked for whole. */
  loaded = 0
  readonly #graph: RoomGraph

  constructor(graph: RoomGraph) {
    this.#graph = graph
  }

  get size(): number {
    return this.#graph.size
  }

  get impliedCreate(): EventNumber | undefined {
    return this.#graph.impliedCreate
  }

  authEvents(event: EventNumber): ArrayLike<EventNumber> {
    this.walked++
    return this.#graph.authEvents(event)
  }

  event(event: EventNumber): RoomEvent {
    this.loaded++
    return this.#graph.event(event)
  }

  keyOf(event: EventNumber): number {
    return this.#graph.keyOf(event)
  }

  keyNumber(type: string, stateKey: string): number | undefined {
    return this.#graph.keyNumber(type, stateKey)
  }

  isRejected(event: EventNumber): boolean {
    return this.#graph.isRejected(event)
  }
}

/** A graph that can tell besides which events name one, and so lets resolution take other ways. */
export class ReferringGraph extends CountingGraph {
  readonly #namedBy: EventNumber[][]

  constructor(graph: RoomGraph) {
    super(graph)
    this.#namedBy = Array.from({ length: graph.size }, () => [])
    for (let event = 0; event < graph.size; event++)
      for (const authEvent of new Set(Array.from(graph.authEvents(event)))) this.#namedBy[authEvent]?.push(event)
  }

  /** Oldest first: an order that resolution must not rest on. */
  namedBy(event: EventNumber): readonly EventNumber[] {
    return this.#namedBy[event] ?? []
  }
}
