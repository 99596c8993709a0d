// What state resolution 2 and 2.1 call conflicted: the maps and sets that the algorithm starts from.
// Follows: rooms/fragments/v2-state-res and rooms/v12, "Definitions". Every walk is a loop: chains are deep.

import type { Readings } from './readings.ts'
import type { PlainContext } from './types.ts'

/** "If a key is present in every S_i with the same value it is unconflicted; otherwise the values are conflicted." */
export function separate(sets: readonly ReadonlyMap<string, string>[]): {
  unconflicted: Map<string, string>
  conflicted: Set<string>
} {
  const unconflicted = new Map<string, string>()
  const conflicted = new Set<string>()
  for (const set of sets)
    for (const [key, id] of set) {
      if (sets.every(other => other.get(key) === id)) unconflicted.set(key, id)
      else conflicted.add(id)
    }
  return { unconflicted, conflicted }
}

/**
 * All that can be reached from these events by `auth_events`, the events themselves only if another leads there.
 * With `within`, only by way of events of that set.
 */
export function authChain(ids: Iterable<string>, context: PlainContext, within?: ReadonlySet<string>): Set<string> {
  const chain = new Set<string>()
  const open = [...ids]
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const authId of knownAuthEvents(id, context))
      if (!chain.has(authId) && (within === undefined || within.has(authId))) {
        chain.add(authId)
        open.push(authId)
      }
  return chain
}

/** "The union of the full auth chains of the states, without their intersection." */
export function authDifference(
  sets: readonly ReadonlyMap<string, string>[],
  context: PlainContext,
  chains: Readings['chains'],
): Set<string> {
  const fullChains = sets.map(set => {
    const chain = authChain(set.values(), context)
    if (chains === 'with-state-events') for (const id of set.values()) chain.add(id)
    return chain
  })
  const difference = new Set<string>()
  for (const chain of fullChains)
    for (const id of chain) if (!fullChains.every(other => other.has(id))) difference.add(id)
  return difference
}

/** 2.1: all events on paths of `auth_events` between two events of the conflicted state set, both ends included. */
export function conflictedStateSubgraph(conflicted: ReadonlySet<string>, context: PlainContext): Set<string> {
  // Going down from the conflicted events, note who refers to whom.
  const below = new Set([...conflicted, ...authChain(conflicted, context)])
  const referrers = new Map<string, string[]>()
  for (const id of below) referrers.set(id, [])
  for (const id of below) for (const authId of knownAuthEvents(id, context)) referrers.get(authId)?.push(id)
  // Going up again from the conflicted events, only what lies below one is met.
  const subgraph = new Set(conflicted)
  const open = [...conflicted]
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const referrer of referrers.get(id) ?? [])
      if (!subgraph.has(referrer)) {
        subgraph.add(referrer)
        open.push(referrer)
      }
  return subgraph
}

/** An auth event that is not known counts as not there. */
function knownAuthEvents(id: string, context: PlainContext): string[] {
  return context.event(id)?.authEvents.filter(authId => context.event(authId) !== undefined) ?? []
}
