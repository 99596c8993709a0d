/**
 * Splits states into what they agree on and the rest. Room version 2, "Unconflicted state map and conflicted state set";
 * room version 1, "State resolution": what counts as a conflict there.
 */
import type { ConflictedStates, EventNumber, KeyNumber, StateMap } from './input.ts'

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
    states: conflicting,
  }
}

function agrees(other: EventNumber | undefined, event: EventNumber, absenceConflicts: boolean): boolean {
  return other === event || (other === undefined && !absenceConflicts)
}

/** The conflicted state set: every event of the states on whose key they differ. */
export function conflictedEvents(states: readonly StateMap[]): Set<EventNumber> {
  const events = new Set<EventNumber>()
  for (const state of states) for (const event of state.values()) events.add(event)
  return events
}
