/**
 * Storage: a reader, and one way to write. The SQLite and PostgreSQL back ends and the in-memory model implement this and pass
 * the same suite.
 */
import type { EventTypeNid, QueueRowNid, RoomNid, StateKeyNid } from '../types/index.ts'
import type { DirectoryChange } from './directory-change.ts'
import type { Reader } from './reader.ts'
import type { CommitResult, QueueItem, QueueRetry, RoomCommit } from './room-commit.ts'

export interface Storage {
  /** What is committed. Never what is only decided: for that see the overlay. */
  readonly reader: Reader

  /**
   * Applies a commit as a whole, durably. Commits of one room must be given in order; those of different rooms are grouped.
   * @throws {RoomMovedOn} where the room's counter is another, or the room is being purged: nothing was written
   * @throws {StorageFull} where the disk is full: nothing was written, reads go on
   * @throws {StorageFailed} where it is not known what is on disk: storage must be opened anew
   */
  commit(commit: RoomCommit): Promise<CommitResult>

  /**
   * Makes changes that are no commit of a room, in order, all or none, durably; grouped with other writes, and done before
   * what is given later.
   * @returns the positions of its outputs, in order
   * @throws {AliasTaken} where an alias is put that there is: nothing was written
   * @throws as {@link commit} does
   */
  change(changes: readonly DirectoryChange[]): Promise<number[]>

  /**
   * One step of taking a room away, with all that belongs to it; to be called until it is done, and after a crash again
   * (`Reader.purgingRooms`). The first step marks the room: from then on its ID leads nowhere, commits are refused, and a new
   * room may be opened under the same ID and another NID, which is why the NID says what goes.
   *
   * First goes what is found by the room's ID (invites, aliases, queued input …): what comes for the ID while these steps are
   * under way goes with it, what comes later stays. Outputs keep their positions and lose their content. Names of types and
   * state keys stay, and so do reports and that the room is blocked.
   * @param most how many rows it may take away; it may look at some times as many
   * @returns `done` where nothing is left of it
   */
  purge(room: RoomNid, most: number): Promise<'more' | 'done'>

  /** Puts items into the input queue, in order, durably. All or none. */
  enqueue(items: readonly QueueItem[]): Promise<QueueRowNid[]>
  /** Notes that queue rows wait. */
  retryLater(retries: readonly QueueRetry[]): Promise<void>
  /** Takes queue rows away that ended without a commit. */
  dequeue(rows: readonly QueueRowNid[]): Promise<void>

  /** A room NID that was never given out before. */
  allotRoom(): Promise<RoomNid>
  /**
   * The NIDs of names, new ones for those that have none yet. What is returned may be used in every commit given from then
   * on: new names are written before it.
   */
  internEventTypes(types: readonly string[]): Promise<EventTypeNid[]>
  internStateKeys(keys: readonly string[]): Promise<StateKeyNid[]>

  close(): Promise<void>
}

/** The room's counter is not the one that the commit builds on: someone else committed. Nothing was written. */
export class RoomMovedOn extends Error {
  readonly room: RoomNid
  /** @param actual `purged`: it is being taken away */
  constructor(room: RoomNid, expected: number, actual: number | 'purged') {
    const is = actual === 'purged' ? 'is being purged' : `is at counter ${actual}`
    super(`room NID ${room} ${is}, the commit builds on ${expected}`)
    this.name = 'RoomMovedOn'
    this.room = room
  }
}

/** An alias is to be put that there is already. Nothing of the list of changes was written. */
export class AliasTaken extends Error {
  readonly alias: string
  constructor(alias: string) {
    super(`the alias ${alias} is taken`)
    this.name = 'AliasTaken'
    this.alias = alias
  }
}

/** The disk is full. Nothing was written; input must stop until there is room, reads go on. */
export class StorageFull extends Error {
  constructor(cause: unknown) {
    super('the disk is full: nothing more can be taken in', { cause })
    this.name = 'StorageFull'
  }
}

/** A write or sync failed in a way that leaves open what is on disk. The storage refuses everything until it is opened anew. */
export class StorageFailed extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`storage failed: ${reason}; it must be opened again`, { cause })
    this.name = 'StorageFailed'
  }
}

/** The database cannot be opened: newer than this program, held by another process, or not a database. */
export class CannotOpenStorage extends Error {
  constructor(place: string, reason: string, options?: ErrorOptions) {
    super(`${place} cannot be opened: ${reason}`, options)
    this.name = 'CannotOpenStorage'
  }
}

/** The partition has another owner since: its epoch is not ours. What was given to commit was not written. */
export class OwnershipLost extends StorageFailed {
  constructor(ours: number, theirs: number) {
    super(`another process has taken over (its epoch is ${theirs}, ours ${ours})`)
    this.name = 'OwnershipLost'
  }
}

/** A stored row is not what was written. Other rows can still be read. */
export class RowDamaged extends Error {
  readonly table: string
  readonly row: number
  constructor(table: string, row: number, cause: unknown) {
    super(`row ${row} of ${table} is damaged: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'RowDamaged'
    this.table = table
    this.row = row
  }
}
