/**
 * Step 5: the state before the event: what the states after its prev events resolve to, or the state that was given with it.
 */
import type { SnapshotOrigin, StateEntry, StateKeyNid } from '../../types/index.ts'
import type { InputItem } from '../item.ts'
import { resolveStatesOf } from '../resolve-states.ts'
import { next, type Step, type StepContext } from '../step.ts'
import type { KnownState, Work } from '../work.ts'

export const stateBefore: Step = {
  name: 'state-before',
  evenWhenRejected: true,
  async run(work, context) {
    const { stateEventIds } = work.item
    work.stateBefore =
      stateEventIds === undefined
        ? await stateAfterPrevEvents(work, context)
        : await givenState(work.item, stateEventIds, context)
    return next
  },
}

/** An event that stands on exactly the forward extremities has the current state before it: that is what they resolve to. */
async function stateAfterPrevEvents({ prevEvents }: Work, context: StepContext): Promise<KnownState> {
  const { forwardExtremities, currentSnapshot } = context.room
  const prev = new Set(prevEvents.map(row => row.event))
  const isCurrent =
    prev.size > 1 && prev.size === forwardExtremities.length && forwardExtremities.every(nid => prev.has(nid))
  if (!isCurrent || prevEvents.some(row => row.provisional)) return resolveStatesOf(prevEvents, context)
  return { snapshot: currentSnapshot, origin: 'computed' }
}

/**
 * The snapshot of a state that someone gave: of those of its events that are stored, are state and were not rejected. Of two for one
 * type and state key the first counts: a state that contradicts itself is still somebody's word, and provisional as such.
 */
async function givenState(
  { stateIsPartial }: InputItem,
  eventIds: readonly string[],
  { room, reader, states, change }: StepContext,
): Promise<KnownState> {
  const rows = await room.eventRows(eventIds, reader)
  const entries = new Map<string, StateEntry>()
  for (const { event, type, stateKey, status } of rows.values()) {
    const key = `${type} ${stateKey}`
    if (stateKey === 0 || status === 'rejected' || entries.has(key)) continue
    entries.set(key, { event, type, stateKey: stateKey as StateKeyNid })
  }
  // A given state is mostly the current one with little changed, so it is stored as a difference to that.
  const origin: SnapshotOrigin = stateIsPartial === true ? 'partial' : 'given'
  const snapshot = await states.given(change.state, [...entries.values()], origin, room.currentSnapshot)
  return { snapshot, origin }
}
