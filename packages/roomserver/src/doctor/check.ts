/**
 * What a check is, what it finds, and what it may use. Checks read and never write.
 */
import type { Crypto, RoomVersionRules } from '@neurite/protocol'
import type { EventCache, StateStore } from '../state/index.ts'
import type { Inventory, Reader, RoomRow } from '../storage/index.ts'
import type { EventNid } from '../types/index.ts'
import type { OutputNotes } from './output-notes.ts'

/** `damage`: something is not as it must be. `note`: worth knowing, and nothing rests on it. */
export type Severity = 'damage' | 'note'

/** Something that a check found. */
export interface Finding {
  /** The check's ID. */
  readonly check: string
  readonly severity: Severity
  /** Room ID; undefined where it is about the whole database. */
  readonly room: string | undefined
  /** Event ID, or the event's number where its ID cannot be read. */
  readonly event: string | undefined
  /** A sentence. */
  readonly message: string
}

/** What a check says: the runner adds the check and the room. */
export interface Found {
  readonly event?: string
  readonly message: string
  readonly severity?: Severity
}

export interface CheckContext {
  readonly reader: Reader
  /** Of the check's own: never shared with a server that runs. */
  readonly states: StateStore
  readonly events: EventCache
  readonly crypto: Crypto
  /** Undefined: the back end has none, and checks look as far as the reader does. */
  readonly inventory: Inventory | undefined
  /** What the output log says of events. Filled by the first check. */
  readonly outputs: OutputNotes
  /** To be called now and then, with how many rows were looked at since: lets other work run, and shows that there is progress. */
  readonly pause: (rows: number) => Promise<void>
}

/** A room that is checked. */
export interface CheckedRoom {
  readonly row: RoomRow
  readonly rules: RoomVersionRules
}

interface CheckParts {
  /** Stable: what findings, options and documents call it. */
  readonly id: string
  /** What must hold, and what follows where it does not. */
  readonly why: string
}

/** A check of the whole database. */
export interface DatabaseCheck extends CheckParts {
  readonly of: 'database'
  run(context: CheckContext): AsyncIterable<Found>
}

/** A check of one room after the other. */
export interface RoomCheck extends CheckParts {
  readonly of: 'room'
  run(room: CheckedRoom, context: CheckContext): AsyncIterable<Found>
}

export type Check = DatabaseCheck | RoomCheck

/** How an event is called whose row is at hand, or is not. */
export function numberOf(event: EventNid): string {
  return `NID ${event}`
}
