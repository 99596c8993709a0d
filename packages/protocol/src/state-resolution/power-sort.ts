/**
 * The reverse topological power ordering: from earliest to latest along auth events; where several events could come next,
 * the greater power first, then the smaller timestamp, then the smaller event ID. Room version 2.
 */
import type { Level } from '../auth/index.ts'
import { codePointCompare } from '../canonical-json/index.ts'
import type { EventNumber, RoomGraph } from './input.ts'
import { senderPower } from './power-events.ts'

/** An event with what decides its place. */
interface Placed {
  readonly event: EventNumber
  readonly power: Level
  readonly timestamp: number | bigint
  readonly eventId: string
}

function comesBefore(a: Placed, b: Placed): boolean {
  if (a.power !== b.power) return a.power > b.power
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp
  return codePointCompare(a.eventId, b.eventId) < 0
}

/**
 * Sorts by Kahn's algorithm. Edges are auth events within the set; a path that leaves the set orders nothing, as in the
 * implementations that share our rooms.
 */
export function powerSort(events: ReadonlySet<EventNumber>, graph: RoomGraph): EventNumber[] {
  const waitingFor = new Map<EventNumber, number>()
  const namedBy = new Map<EventNumber, EventNumber[]>()
  for (const event of events) {
    const authEvents = new Set<EventNumber>()
    const all = graph.authEvents(event)
    for (let i = 0; i < all.length; i++) if (events.has(all[i] as EventNumber)) authEvents.add(all[i] as EventNumber)
    waitingFor.set(event, authEvents.size)
    for (const authEvent of authEvents) {
      const list = namedBy.get(authEvent)
      if (list === undefined) namedBy.set(authEvent, [event])
      else list.push(event)
    }
  }

  const ready = new PriorityQueue()
  for (const [event, count] of waitingFor) if (count === 0) ready.push(place(event, graph))
  const sorted: EventNumber[] = []
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    sorted.push(next.event)
    for (const event of namedBy.get(next.event) ?? []) {
      const left = (waitingFor.get(event) as number) - 1
      waitingFor.set(event, left)
      if (left === 0) ready.push(place(event, graph))
    }
  }
  return sorted
}

function place(event: EventNumber, graph: RoomGraph): Placed {
  const { originServerTs, eventId } = graph.event(event)
  return { event, power: senderPower(event, graph), timestamp: originServerTs, eventId }
}

/** A binary heap: the event that comes before all others is on top. */
class PriorityQueue {
  readonly #heap: Placed[] = []

  push(item: Placed): void {
    const heap = this.#heap
    let at = heap.push(item) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!comesBefore(item, heap[above] as Placed)) break
      heap[at] = heap[above] as Placed
      at = above
    }
    heap[at] = item
  }

  pop(): Placed | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && comesBefore(heap[below + 1] as Placed, heap[below] as Placed)) below++
      if (!comesBefore(heap[below] as Placed, last)) break
      heap[at] = heap[below] as Placed
      at = below
    }
    heap[at] = last
    return top
  }
}
