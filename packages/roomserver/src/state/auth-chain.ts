/**
 * The auth chain of events: their auth events, the auth events of these, and so on. Server-server API, "Definitions".
 */
import type { EventNumber } from '@neurite/protocol'

/** What it is walked on. */
export interface AuthEdges {
  authEvents(event: EventNumber): ArrayLike<EventNumber>
}

/** @returns the events that are led to from some, and these, each once, by rising number: auth events before those that name them */
export function authChain(graph: AuthEdges, from: readonly EventNumber[]): EventNumber[] {
  const seen = new Set(from)
  const open = [...seen]
  for (let event = open.pop(); event !== undefined; event = open.pop()) {
    const authEvents = graph.authEvents(event)
    for (let i = 0; i < authEvents.length; i++) {
      const authEvent = authEvents[i] as EventNumber
      if (seen.has(authEvent)) continue
      seen.add(authEvent)
      open.push(authEvent)
    }
  }
  return [...seen].sort((a, b) => a - b)
}
