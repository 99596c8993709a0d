/**
 * The auth difference: events that are in the full auth chain of some states but not of all. Room version 2,
 * "Auth difference".
 *
 * Unconflicted state counts for reachability: an old power levels event may lie in every state's chain only through
 * members on whom all agree. So it is walked too, but only where it could matter: after the walks from the states' own
 * entries have left candidates, and not below the lowest of them.
 */
import type { ConflictedStates, EventNumber, ResolutionOptions, RoomGraph } from './input.ts'

export function authDifference(
  { unconflicted, states }: ConflictedStates,
  graph: RoomGraph,
  { chains = 'with-state-events' }: ResolutionOptions = {},
): Set<EventNumber> {
  const countStateEvents = chains === 'with-state-events'

  // In how many of the states' chains an event lies, by way of the entries on which they differ.
  const inChains = new Map<EventNumber, number>()
  for (const state of states)
    for (const event of reachable(state.values(), graph, 0, countStateEvents))
      inChains.set(event, (inChains.get(event) ?? 0) + 1)

  const candidates = new Set<EventNumber>()
  let lowest = graph.size
  for (const [event, count] of inChains)
    if (count < states.length) {
      candidates.add(event)
      if (event < lowest) lowest = event
    }
  if (candidates.size === 0) return candidates

  // What unconflicted state reaches is in every state's chain.
  for (const event of reachable(unconflicted.events(), graph, lowest, countStateEvents)) candidates.delete(event)
  return candidates
}

/**
 * The events reachable along auth events, each once; the starting events themselves only where `withStart` says so or
 * another leads to them.
 * @param lowest events below this number are of no interest: their auth events have smaller numbers still
 */
function reachable(
  start: Iterable<EventNumber>,
  graph: RoomGraph,
  lowest: EventNumber,
  withStart: boolean,
): EventNumber[] {
  const seen = new Uint8Array(graph.size)
  const walked = new Uint8Array(graph.size)
  const found: EventNumber[] = []
  const open: EventNumber[] = []
  const find = (event: EventNumber) => {
    if (seen[event] === 1 || event < lowest) return
    seen[event] = 1
    found.push(event)
    open.push(event)
  }
  const walk = (event: EventNumber) => {
    if (walked[event] === 1) return
    walked[event] = 1
    const authEvents = graph.authEvents(event)
    for (let i = 0; i < authEvents.length; i++) find(authEvents[i] as EventNumber)
  }
  for (const event of start) {
    if (event < lowest) continue
    if (withStart) find(event)
    walk(event)
  }
  for (let event = open.pop(); event !== undefined; event = open.pop()) walk(event)
  return found
}
