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
