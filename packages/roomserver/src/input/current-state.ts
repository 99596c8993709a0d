/**
 * How the current state of a room changes with a commit.
 */
import type { StateChange } from '../state/index.ts'
import type { StateSnapshotNid } from '../types/index.ts'
import type { StepContext } from './step.ts'

export interface CurrentStateChange {
  readonly entries: readonly StateChange[]
}

/** Compares the current state with what it is going to be. */
export async function changeOfCurrentState(
  snapshot: StateSnapshotNid | 0,
  { room, states, change }: Pick<StepContext, 'room' | 'states' | 'change'>,
): Promise<CurrentStateChange> {
  if (snapshot === room.currentSnapshot) return { entries: [] }
  return { entries: await states.differences(room.currentSnapshot, snapshot, change.state) }
}
