/**
 * What queries are made with: readers only. Whatever is asked is answered from what is committed.
 */
import type { ServerName } from '@neurite/protocol'
import type { ServerAcls } from '../acls/index.ts'
import type { EventCache, StateStore } from '../state/index.ts'
import type { Reader } from '../storage/reader.ts'

export interface QueryContext {
  /** Our own name: its users are the local ones. */
  readonly serverName: ServerName
  readonly reader: Reader
  readonly states: StateStore
  readonly events: EventCache
  readonly acls: ServerAcls
  /** The servers that a room is said to have whose members are not all known; none for all others. */
  readonly serversSaidIn: (roomId: string) => readonly ServerName[]
  /** Lets other work run, where a query looks at very much. */
  readonly yieldNow: () => Promise<void>
}
