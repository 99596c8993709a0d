/**
 * The state that the states after some events resolve to.
 */
import type { EventRow } from '../storage/index.ts'
import type { StateKeyNid } from '../types/index.ts'
import type { StepContext } from './step.ts'
import type { KnownState } from './work.ts'

/**
 * @param written one of the events, where its own commit is still being made
 * @returns the empty state for no events
 */
export async function resolveStatesOf(
  rows: readonly EventRow[],
  { states, room, change }: Pick<StepContext, 'states' | 'room' | 'change'>,
  written?: EventRow,
): Promise<KnownState> {
  const snapshots = rows.map(row => row.snapshotAfter)
  const snapshot = await states.resolve(change.state, room, snapshots, {
    newEvent: written && graphRow(written),
  })
  return { snapshot, origin: rows.some(row => row.provisional) ? 'given' : 'computed' }
}

/** A state event as the auth graph has it; undefined for events that are no state. */
function graphRow({ event, type, stateKey, status, authEvents }: EventRow) {
  if (stateKey === 0) return undefined
  return { event, type, stateKey: stateKey as StateKeyNid, rejected: status === 'rejected', authEvents }
}
