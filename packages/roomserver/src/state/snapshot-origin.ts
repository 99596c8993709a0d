/**
 * Where states come from, and which of two origins says less. Design, "State snapshots and blocks": verdicts that rest on
 * anything but a computed state are provisional.
 */
import type { SnapshotOrigin } from '../types/index.ts'

const fromSurest: readonly SnapshotOrigin[] = ['computed', 'imported', 'given', 'partial']

/** The least sure of some origins: what a state that rests on all of them has. `computed` for none. */
export function weakestOrigin(origins: Iterable<SnapshotOrigin>): SnapshotOrigin {
  let weakest = 0
  for (const origin of origins) weakest = Math.max(weakest, fromSurest.indexOf(origin))
  return fromSurest[weakest] as SnapshotOrigin
}
