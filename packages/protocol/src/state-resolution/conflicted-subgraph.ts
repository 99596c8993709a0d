/**
 * The conflicted state subgraph: every event on a path along auth events from one conflicted state event to another, ends
 * included. Room version 12, "Conflicted state subgraph" (MSC4297).
 */
import type { EventNumber, RoomGraph } from './input.ts'

/** @param conflicted the conflicted state set: events of the auth difference are no ends of paths */
export function conflictedSubgraph(conflicted: ReadonlySet<EventNumber>, graph: RoomGraph): Set<EventNumber> {
  let lowest = graph.size
  for (const event of conflicted) if (event < lowest) lowest = event

  // Down: what conflicted events lead to. Below the lowest of them no path can end.
  const below = new Set(conflicted)
  const open = [...conflicted]
  for (let event = open.pop(); event !== undefined; event = open.pop()) {
    const authEvents = graph.authEvents(event)
    for (let i = 0; i < authEvents.length; i++) {
      const authEvent = authEvents[i] as EventNumber
      if (authEvent < lowest || below.has(authEvent)) continue
      below.add(authEvent)
      open.push(authEvent)
    }
  }

  // Up again, auth events before those that name them: what of it leads to a conflicted event.
  const subgraph = new Set<EventNumber>()
  for (const event of [...below].sort((a, b) => a - b)) {
    if (conflicted.has(event)) {
      subgraph.add(event)
      continue
    }
    const authEvents = graph.authEvents(event)
    for (let i = 0; i < authEvents.length; i++)
      if (subgraph.has(authEvents[i] as EventNumber)) {
        subgraph.add(event)
        break
      }
  }
  return subgraph
}
