/**
 * State in numbers: entries, and how a snapshot came to be.
 */
import type { EventNid, EventTypeNid, StateBlockNid, StateKeyNid, StateSnapshotNid } from './nids.ts'

/** A type and state key, in numbers. */
export interface StateTuple {
  readonly type: EventTypeNid
  readonly stateKey: StateKeyNid
}

/** One entry of a state or a block. In a block, event 0 says that the key is absent. */
export interface StateEntry extends StateTuple {
  readonly event: EventNid
}

/**
 * Where a snapshot comes from. `computed`: follows from the graph, so verdicts that rest on it are final. `given`: taken
 * from a server's word. `partial`: known to lack entries (members). `imported`: from another database. What rests on the last
 * three, directly or through ancestors, is provisional.
 */
export type SnapshotOrigin = 'computed' | 'given' | 'partial' | 'imported'

/**
 * How a snapshot's list of blocks follows from another's. All are relative to `parent`, whose list is taken first.
 * - `append`: a block more at the young end.
 * - `merge`: the `count` blocks from index `at` on give way to one, then `block` (if not 0) comes at the end.
 * - `whole`: the list itself; `parent` is what it was derived from, or 0.
 */
export type SnapshotForm =
  | { readonly kind: 'append'; readonly parent: StateSnapshotNid; readonly block: StateBlockNid }
  | {
      readonly kind: 'merge'
      readonly parent: StateSnapshotNid
      readonly at: number
      readonly count: number
      readonly merged: StateBlockNid
      readonly block: StateBlockNid | 0
    }
  | { readonly kind: 'whole'; readonly parent: StateSnapshotNid | 0; readonly blocks: readonly StateBlockNid[] }
