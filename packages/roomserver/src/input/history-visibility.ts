/**
 * The history visibility that a state sets. Client-server API, "m.room.history_visibility": default and unknown values are
 * `shared`.
 */
import { type EventTypeNid, emptyStateKeyNid, type StateSnapshotNid, wellKnownTypes } from '../types/index.ts'
import type { StepContext } from './step.ts'

const visibilityType = wellKnownTypes.find(([, type]) => type === 'm.room.history_visibility')?.[0] as EventTypeNid
const known: ReadonlySet<unknown> = new Set(['world_readable', 'shared', 'invited', 'joined'])

export async function historyVisibilityOf(
  snapshot: StateSnapshotNid | 0,
  { states, events, change }: Pick<StepContext, 'states' | 'events' | 'change'>,
): Promise<string> {
  const nid = (await states.view(snapshot, change.state)).get(visibilityType, emptyStateKeyNid)
  if (nid === 0) return 'shared'
  const value = (await events.load([nid])).get(nid)?.content['history_visibility']
  return known.has(value) ? (value as string) : 'shared'
}
