/**
 * The state that the states after some events resolve to.
 */

import { weakestOrigin } from '../state/index.ts'
import type { EventRow } from '../storage/index.ts'
import type { SnapshotOrigin, StateKeyNid, StateSnapshotNid } from '../types/index.ts'
import type { StepContext } from './step.ts'
import type { KnownState } from './work.ts'

/** @returns the empty state for no events */
export async function resolveStatesOf(
  rows: readonly EventRow[],
  { states, room, change }: Pick<StepContext, 'states' | 'room' | 'change'>,
): Promise<KnownState> {
  const snapshots = rows.map(row => row.snapshotAfter)
  const snapshot = await states.resolve(change.state, room, snapshots)
  return { snapshot, origin: await originOfStates(rows, { states, change }) }
}

/** Where a state comes from that rests on the states after events: on no surer ground than they. */
async function originOfStates(
  rows: readonly EventRow[],
  { states, change }: Pick<StepContext, 'states' | 'change'>,
): Promise<SnapshotOrigin> {
  const provisional = rows.filter(row => row.provisional)
  if (provisional.length === 0) return 'computed'
  const origins = provisional.map(row => states.originOf(row.snapshotAfter, change.state))
  return weakestOrigin(['given', ...(await Promise.all(origins))])
}

/**
 * The current state once an event is a forward extremity. In a room that forks it is another after each event, and most are never the
 * state before any event: so it is not noted what they resolved from, but by the room itself for the last of them.
 * @param written the event, whose own commit is still being made
 */
export async function resolveCurrentState(
  others: readonly EventRow[],
  written: EventRow,
  { states, room, change }: Pick<StepContext, 'states' | 'room' | 'change'>,
): Promise<StateSnapshotNid | 0> {
  const snapshots = [...new Set([...others, written].map(row => row.snapshotAfter))].sort((a, b) => a - b)
  const known = room.currentSnapshotOf(snapshots)
  if (known !== undefined) return known
  const options = { remember: false, near: room.currentSnapshot, newEvent: graphRow(written) }
  const snapshot = await states.resolve(change.state, room, snapshots, options)
  room.noteResolution(snapshots, snapshot)
  return snapshot
}

/** A state event as the auth graph has it; undefined for events that are no state. */
function graphRow({ event, type, stateKey, status, authEvents }: EventRow) {
  if (stateKey === 0) return undefined
  return { event, type, stateKey: stateKey as StateKeyNid, rejected: status === 'rejected', authEvents }
}
