/**
 * One look at what has happened for a device: what /sync is asked for, and between which positions. The parts of the answer are made
 * from it, one file each.
 */
import type { Caller } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import type { SyncFilter } from '../filters/filter-schema.ts'
import type { SyncPosition } from './token.ts'

export interface SyncLook {
  readonly context: ClientContext
  readonly caller: Caller
  readonly filter: SyncFilter
  /** Undefined: the client knows nothing yet. */
  readonly since: SyncPosition | undefined
  readonly upTo: SyncPosition
  readonly fullState: boolean
  /** State up to the end of the timeline is wanted, in place of that up to its beginning. */
  readonly stateAfter: boolean
  /** Users whom the caller does not want to hear of. */
  readonly ignored: ReadonlySet<string>
  /** The caller takes no invites: none is shown. */
  readonly blocksInvites: boolean
}

/** Events in the form that /sync gives: the room is said by where they stand. */
export type SyncEvent = Readonly<Record<string, unknown>>
