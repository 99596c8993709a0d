/**
 * A write is a value: all that one step of a room changes, applied by storage as a whole or not at all. Built by the
 * pipeline; plain data that can be sent to another thread.
 */
import type { EventNid, QueueRowNid, RoomNid, StateBlockNid, StateSnapshotNid } from '../types/index.ts'
import type {
  BlockRow,
  EventWrite,
  IdentityRow,
  LocalNumbers,
  MembershipRow,
  RedactionRow,
  RoomCounter,
  SnapshotRow,
  WaitRow,
} from './rows.ts'

export interface RoomCommit {
  readonly room: RoomNid
  /** The counter that this commit builds on, 0 for a new room; storage refuses it (`RoomMovedOn`) where the room has another. */
  readonly expects: RoomCounter
  /** Set on the first commit of a room. */
  readonly opens: { readonly roomId: string; readonly roomVersion: string } | undefined
  /** The room's next local numbers after this commit. */
  readonly next: LocalNumbers
  readonly events: readonly EventWrite[]
  readonly blocks: readonly BlockRow[]
  readonly snapshots: readonly SnapshotRow[]
  readonly identities: readonly IdentityRow[]
  /** Undefined: as before. */
  readonly currentSnapshot: StateSnapshotNid | 0 | undefined
  /** Undefined: as before. */
  readonly forwardExtremities: readonly EventNid[] | undefined
  readonly memberships: readonly MembershipRow[]
  /** How many members are joined and invited once the memberships are what they are now; undefined: as before. */
  readonly members: MemberCounts | undefined
  /** How many joined members servers gain or lose, each server once. Who has none left is gone from the room. */
  readonly joinedServers: readonly JoinedServerChange[]
  /** Users whose invite or knock from outside ends: the room itself says now what they are in it. */
  readonly invitesEnd: readonly string[]
  readonly redactions: readonly RedactionRow[]
  /** State that nothing of the room refers to: collection. Absent: none. */
  readonly removes?: RemovedState
  readonly waits: readonly WaitRow[]
  /** Events that wait for nothing any more. */
  readonly waitsEnd: readonly EventNid[]
  /** Payloads of output rows, in order. */
  readonly outputs: readonly string[]
  /** Queue rows that are done with this commit. */
  readonly finishes: readonly QueueRowNid[]
}

export interface MemberCounts {
  readonly joined: number
  readonly invited: number
}

export interface JoinedServerChange {
  readonly server: string
  /** Below 0: it loses so many. */
  readonly by: number
}

/** Rows of state that go. Their numbers are never given out again. */
export interface RemovedState {
  readonly snapshots: readonly StateSnapshotNid[]
  readonly blocks: readonly StateBlockNid[]
  readonly identities: readonly Pick<IdentityRow, 'kind' | 'inputs'>[]
}

export interface CommitResult {
  readonly counter: RoomCounter
  /** The positions of the outputs, in order. */
  readonly positions: readonly number[]
}

/** A new row of the input queue. */
export interface QueueItem {
  readonly roomId: string
  readonly item: string
}

/** A queue row that is to be tried again later. */
export interface QueueRetry {
  readonly row: QueueRowNid
  readonly notBefore: number
  readonly attempts: number
  readonly waitsFor: string
}
