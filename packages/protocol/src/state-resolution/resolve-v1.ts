/**
 * State resolution 1. Room version 1, "State resolution".
 */
import { authorizeByState } from '../auth/index.ts'
import type { Crypto } from '../crypto/index.ts'
import type { ConflictedStates, EventNumber, KeyNumber, RoomGraph, StateMap } from './input.ts'
import { conflictedEvents } from './split-conflicted.ts'

/** The types whose conflicts are resolved first, in this order: they decide on the others. */
const decidingTypes = ['m.room.power_levels', 'm.room.join_rules', 'm.room.member']

/** @returns the resolved entries of all keys that are not in the unconflicted state. */
export function resolveV1(conflict: ConflictedStates, graph: RoomGraph, crypto: Crypto): StateMap {
  const resolved = new Map<KeyNumber, EventNumber>()
  const conflicts = conflictsByType(conflict, graph, crypto)
  for (const type of decidingTypes) {
    // All conflicts of one type are judged by the state as it was before: so their order means nothing.
    const before = new Map(resolved)
    for (const { key, events } of conflicts.get(type) ?? [])
      resolved.set(key, lastOfUnbrokenRow(events, key, before, conflict, graph, crypto))
    conflicts.delete(type)
  }
  const before = new Map(resolved)
  for (const others of conflicts.values())
    for (const { key, events } of others) resolved.set(key, highestAllowed(events, before, conflict, graph, crypto))
  return resolved
}

/** A key on which states differ, with its events by ascending depth, then descending SHA-1 of the event ID. */
interface KeyConflict {
  readonly key: KeyNumber
  readonly events: readonly EventNumber[]
}

function conflictsByType(conflict: ConflictedStates, graph: RoomGraph, crypto: Crypto): Map<string, KeyConflict[]> {
  const byKey = new Map<KeyNumber, EventNumber[]>()
  for (const event of conflictedEvents(conflict)) {
    const key = graph.keyOf(event)
    const events = byKey.get(key)
    if (events === undefined) byKey.set(key, [event])
    else events.push(event)
  }
  const byType = new Map<string, KeyConflict[]>()
  for (const [key, events] of byKey) {
    const { type } = graph.event(events[0] as EventNumber)
    const conflicts = byType.get(type) ?? []
    conflicts.push({ key, events: sortByDepth(events, graph, crypto) })
    byType.set(type, conflicts)
  }
  return byType
}

function sortByDepth(events: readonly EventNumber[], graph: RoomGraph, crypto: Crypto): EventNumber[] {
  return events
    .map(event => {
      const { depth, eventId } = graph.event(event)
      return { event, depth, hash: crypto.sha1(eventId) }
    })
    .sort((a, b) => {
      if (a.depth !== b.depth) return a.depth < b.depth ? -1 : 1
      return compareBytes(b.hash, a.hash)
    })
    .map(({ event }) => event)
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/** The first event counts unchecked; each further one replaces it while it is allowed; the first that is not ends the row. */
function lastOfUnbrokenRow(
  events: readonly EventNumber[],
  key: KeyNumber,
  before: StateMap,
  conflict: ConflictedStates,
  graph: RoomGraph,
  crypto: Crypto,
): EventNumber {
  const state = new Map(before)
  let last = events[0] as EventNumber
  for (const event of events.slice(1)) {
    state.set(key, last)
    if (!isAllowed(event, state, conflict, graph, crypto)) break
    last = event
  }
  return last
}

/**
 * The event of the highest depth, and among these of the lowest hash, that the state allows. Where none is allowed the
 * specification is silent; everyone takes the last one tried.
 */
function highestAllowed(
  events: readonly EventNumber[],
  before: StateMap,
  conflict: ConflictedStates,
  graph: RoomGraph,
  crypto: Crypto,
): EventNumber {
  for (const event of [...events].reverse()) if (isAllowed(event, before, conflict, graph, crypto)) return event
  return events[0] as EventNumber
}

function isAllowed(
  event: EventNumber,
  resolved: StateMap,
  { unconflicted }: ConflictedStates,
  graph: RoomGraph,
  crypto: Crypto,
): boolean {
  const lookup = (type: string, stateKey: string) => {
    const key = graph.keyNumber(type, stateKey)
    const found = key === undefined ? undefined : (resolved.get(key) ?? unconflicted.get(key))
    return found === undefined ? undefined : graph.event(found)
  }
  return authorizeByState(graph.event(event), lookup, crypto).allowed
}
