/**
 * State resolution 2 and 2.1. Room version 2, "State resolution", "Algorithm"; room version 12 for what 2.1 changes: it
 * starts from an empty state, and takes the conflicted state subgraph into the full conflicted set.
 */
import type { Crypto } from '../crypto/index.ts'
import { authDifference } from './auth-difference.ts'
import { conflictedSubgraph } from './conflicted-subgraph.ts'
import type { ConflictedStates, EventNumber, KeyNumber, ResolutionOptions, RoomGraph, StateMap } from './input.ts'
import { type AuthCheckObserver, iterativeAuthChecks, type PartialState } from './iterative-auth.ts'
import { mainlineSort } from './mainline-sort.ts'
import { isPowerEvent } from './power-events.ts'
import { powerSort } from './power-sort.ts'
import { conflictedEvents } from './split-conflicted.ts'

/** The two generations of the algorithm. */
export type Generation = 'v2' | 'v2.1'

/**
 * The full conflicted set: the events on whose order the result rests. Only the graph is asked, no event; so a caller can
 * load these events before {@link resolveV2} needs them.
 */
export function fullConflictedSet(
  conflict: ConflictedStates,
  graph: RoomGraph,
  generation: Generation,
  options: ResolutionOptions = {},
): Set<EventNumber> {
  const conflicted = conflictedEvents(conflict)
  const full = authDifference(conflict, graph, options)
  if (generation === 'v2.1') for (const event of conflictedSubgraph(conflicted, graph)) full.add(event)
  for (const event of conflicted) full.add(event)
  return full
}

/**
 * Resolves states that differ.
 * @param full the {@link fullConflictedSet} of the same conflict
 * @returns the resolved entries of all keys that are not in the unconflicted state
 */
export function resolveV2(
  conflict: ConflictedStates,
  full: ReadonlySet<EventNumber>,
  graph: RoomGraph,
  generation: Generation,
  crypto: Crypto,
  observe?: AuthCheckObserver,
): StateMap {
  const { unconflicted } = conflict
  const resolved = new Map<KeyNumber, EventNumber>()
  // 2.1 starts from an empty state; 2 from what is unconflicted.
  const state: PartialState =
    generation === 'v2.1'
      ? resolved
      : {
          get: key => resolved.get(key) ?? unconflicted.get(key),
          set: (key, event) => resolved.set(key, event),
        }

  // 1. Power events and those they rest on, in reverse topological power ordering.
  const powerEvents = withAuthChains(full, graph)
  // 2. The partially resolved state.
  iterativeAuthChecks(powerSort(powerEvents, graph), state, graph, crypto, observe)

  // 3. The rest by the mainline of the power levels resolved so far.
  const powerLevelsKey = graph.keyNumber('m.room.power_levels', '')
  const powerLevels = powerLevelsKey === undefined ? undefined : state.get(powerLevelsKey)
  const rest: EventNumber[] = []
  for (const event of full) if (!powerEvents.has(event)) rest.push(event)
  // 4. And on top of it.
  iterativeAuthChecks(mainlineSort(rest, powerLevels, graph), state, graph, crypto, observe)

  // 5. What is unconflicted stays as it was.
  for (const key of resolved.keys()) if (unconflicted.get(key) !== undefined) resolved.delete(key)
  return resolved
}

/**
 * The power events of a set, and what of their auth chains is in the set. Chains are followed within the set only: an event
 * that a power event reaches by way of events outside stays with the rest. The text can be read otherwise; this is how the
 * servers that share our rooms read it, and the two readings can part (see docs/decisions/state-resolution.md).
 */
function withAuthChains(full: ReadonlySet<EventNumber>, graph: RoomGraph): Set<EventNumber> {
  const chosen = new Set<EventNumber>()
  for (const event of full)
    if (graph.remembered?.(event)?.isPowerEvent ?? isPowerEvent(graph.event(event))) chosen.add(event)
  const open = [...chosen]
  for (let event = open.pop(); event !== undefined; event = open.pop()) {
    const authEvents = graph.authEvents(event)
    for (let i = 0; i < authEvents.length; i++) {
      const authEvent = authEvents[i] as EventNumber
      if (!full.has(authEvent) || chosen.has(authEvent)) continue
      chosen.add(authEvent)
      open.push(authEvent)
    }
  }
  return chosen
}
