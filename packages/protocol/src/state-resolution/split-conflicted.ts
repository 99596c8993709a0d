/**
 * Splits states into what they agree on and the rest. Room version 2, "Unconflicted state map and conflicted state set";
 * room version 1, "State resolution": what counts as a conflict there.
 */
import type { ConflictedEntry, ConflictedStates, EventNumber, KeyNumber, StateMap } from './input.ts'

/**
 * @param absenceConflicts whether a key that some of the states lack is conflicted. From version 2 on it is; in version 1
 *   only different events for a key are a conflict.
 */
export function splitConflicted(states: readonly StateMap[], absenceConflicts: boolean): ConflictedStates {
  const unconflicted = new Map<KeyNumber, EventNumber>()
  const conflictedKeys = new Set<KeyNumber>()
  for (const state of states)
    for (const [key, event] of state) {
      if (conflictedKeys.has(key) || unconflicted.has(key)) continue
      if (states.every(other => agrees(other.get(key), event, absenceConflicts))) unconflicted.set(key, event)
      else conflictedKeys.add(key)
    }

  const conflicting = states.map(state => {
    const entries = new Map<KeyNumber, EventNumber>()
    for (const key of conflictedKeys) {
      const event = state.get(key)
      if (event !== undefined) entries.set(key, event)
    }
    return entries
  })
  return {
    unconflicted: { get: key => unconflicted.get(key), events: () => unconflicted.values() },
    count: states.length,
    entries: conflictedEntries(conflicting),
  }
}

/** The entries of states, given for each state as what it has of the keys on which the states differ. */
export function conflictedEntries(states: readonly StateMap[]): ConflictedEntry[] {
  const holders = new Map<EventNumber, { readonly key: KeyNumber; readonly states: number[] }>()
  for (const [index, state] of states.entries())
    for (const [key, event] of state) {
      const known = holders.get(event)
      if (known === undefined) holders.set(event, { key, states: [index] })
      else known.states.push(index)
    }
  return Array.from(holders, ([event, { key, states }]) => ({ key, event, states, has: 'these' }))
}

function agrees(other: EventNumber | undefined, event: EventNumber, absenceConflicts: boolean): boolean {
  return other === event || (other === undefined && !absenceConflicts)
}

/** The conflicted state set: every event of the states on whose key they differ. */
export function conflictedEvents({ entries }: ConflictedStates): Set<EventNumber> {
  const events = new Set<EventNumber>()
  for (const { event } of entries) events.add(event)
  return events
}
