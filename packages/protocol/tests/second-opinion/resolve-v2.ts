// State resolution 2 (room versions 2 to 11) and 2.1 (version 12): the algorithm's five steps.
// Follows: rooms/fragments/v2-state-res and rooms/v12, "State resolution". The sets and the orders that the steps
// speak of are in conflicts.ts and orderings.ts.

import { authKeys, impliedCreate, usableAuthEvents } from './auth-events.ts'
import { authorizeByState } from './authorize.ts'
import { authChain, authDifference, conflictedStateSubgraph, separate } from './conflicts.ts'
import { mainlineOrdering, reverseTopologicalPowerOrdering } from './orderings.ts'
import type { Readings } from './readings.ts'
import type { PlainContext, PlainEvent } from './types.ts'
import { CREATE, get, keyOf, POWER_LEVELS, versionNumber } from './types.ts'

export function resolveV2(
  version: string,
  sets: readonly ReadonlyMap<string, string>[],
  context: PlainContext,
  readings: Readings,
): Map<string, string> {
  const isV21 = versionNumber(version) >= 12

  const { unconflicted, conflicted } = separate(sets)
  // "The union of the conflicted state set and the auth difference", in 2.1 of the conflicted state subgraph too.
  const fullConflictedSet = new Set([...conflicted, ...authDifference(sets, context, readings.chains)])
  if (isV21) for (const id of conflictedStateSubgraph(conflicted, context)) fullConflictedSet.add(id)

  // Step 1: X is all power events in the full conflicted set, and of their auth chains what is in it as well.
  const powerEvents = [...fullConflictedSet].filter(id => isPowerEvent(known(id, context)))
  const within = readings.enlargement === 'letter' ? undefined : fullConflictedSet
  const chainOfPowerEvents = authChain(powerEvents, context, within)
  const x = new Set([...powerEvents, ...[...fullConflictedSet].filter(id => chainOfPowerEvents.has(id))])
  const sortedPowerEvents = reverseTopologicalPowerOrdering(version, events(x, context), context)

  // Step 2: from the unconflicted state map; in 2.1 from an empty one.
  const start = isV21 ? new Map<string, string>() : unconflicted
  const partial = iterativeAuthChecks(version, start, sortedPowerEvents, context)

  // Step 3: all remaining events by the mainline of the power levels that step 2 left.
  const remaining = [...fullConflictedSet].filter(id => !x.has(id))
  const sortedRemaining = mainlineOrdering(partial.get(POWER_LEVELS), events(remaining, context), context)

  // Step 4.
  const resolved = iterativeAuthChecks(version, partial, sortedRemaining, context)

  // Step 5: the unconflicted state map over it.
  for (const [key, id] of unconflicted) resolved.set(key, id)
  return resolved
}

/**
 * "Events that might remove someone's ability to do something in the room." Power levels and join rules have no meaning
 * under another state key than the empty one; the page does not say so here, servers in use do.
 */
function isPowerEvent(event: PlainEvent): boolean {
  if (event.stateKey === undefined) return false
  if (event.type === 'm.room.power_levels' || event.type === 'm.room.join_rules') return event.stateKey === ''
  if (event.type !== 'm.room.member') return false
  const membership = get(event.content, 'membership')
  return (membership === 'leave' || membership === 'ban') && event.sender !== event.stateKey
}

/**
 * "Applying the state event to the room state if it is allowed. If a key that is required for checking the
 * authorisation rules is not present in the state, then the appropriate state event from the event's auth_events is
 * used if the auth event is not rejected." In version 12 the create event is implied by the room ID.
 */
function iterativeAuthChecks(
  version: string,
  initial: ReadonlyMap<string, string>,
  sorted: readonly PlainEvent[],
  context: PlainContext,
): Map<string, string> {
  const state = new Map(initial)
  for (const event of sorted) {
    const supplement = usableAuthEvents(event, context)
    const create = versionNumber(version) >= 12 ? impliedCreate(event, context) : undefined
    if (create) supplement.set(CREATE, create)
    const required = new Map<string, PlainEvent>()
    for (const key of [CREATE, ...authKeys(version, event)]) {
      const id = state.get(key)
      const found = id === undefined ? supplement.get(key) : known(id, context)
      if (found) required.set(key, found)
    }
    const key = keyOf(event)
    if (key !== undefined && authorizeByState(version, event, required, context).allowed) state.set(key, event.eventId)
  }
  return state
}

function known(id: string, context: PlainContext): PlainEvent {
  const event = context.event(id)
  if (event === undefined) throw new Error(`state resolution needs ${id}, which is not known`)
  return event
}

const events = (ids: Iterable<string>, context: PlainContext): PlainEvent[] => [...ids].map(id => known(id, context))
