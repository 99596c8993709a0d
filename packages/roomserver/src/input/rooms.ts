/**
 * The rooms that are being worked on, in memory, and the one place where a decided commit is handed to storage. A commit is
 * decided on top of those before it without waiting for the disk; when one fails, the room is lost: it and all that was decided on
 * top of it are forgotten, and the work is done again. A turn that is under way then keeps what it reads until it ends, so that
 * nothing of what it read outlives it: the numbers of what was lost are given out again.
 */

import type { StateStore } from '../state/index.ts'
import type { CommitResult, OverlayReader, RoomCommit, Storage } from '../storage/index.ts'
import { Room } from './room.ts'
import { TurnLost } from './turn-lost.ts'

/** Rooms kept in memory when nothing is being done in them. */
const maxIdleRooms = 1_000

export class Rooms {
  readonly #storage: Storage
  readonly #overlay: OverlayReader
  readonly #states: StateStore
  readonly #rooms = new Map<string, Room>()
  readonly #shut = new Set<string>()
  readonly #commitsUnderWay = new Map<Room, { count: number; last: Promise<unknown> }>()
  /** Rooms that a turn works on. */
  readonly #inTurn = new Set<Room>()
  /** Rooms that a commit has failed of, with its error. Nobody finds them any more. */
  readonly #lost = new WeakMap<Room, unknown>()

  constructor(storage: Storage, overlay: OverlayReader, states: StateStore) {
    this.#storage = storage
    this.#overlay = overlay
    this.#states = states
  }

  /** A room; undefined where nothing is stored of it. */
  async find(roomId: string): Promise<Room | undefined> {
    if (this.#shut.has(roomId)) return undefined
    const known = this.#rooms.get(roomId)
    if (known !== undefined) return this.#touch(known)
    const row = await this.#overlay.room(roomId)
    return row === undefined ? undefined : this.#touch(this.#rooms.get(roomId) ?? new Room(row, false))
  }

  /** A room, opened by its first commit where nothing is stored of it. @returns undefined while it is being taken away */
  async findOrOpen(roomId: string, roomVersion: string): Promise<Room | undefined> {
    const known = await this.find(roomId)
    if (known !== undefined || this.#shut.has(roomId)) return known
    return this.#touch(Room.opening(await this.#storage.allotRoom(), roomId, roomVersion))
  }

  /**
   * Does a turn's work on a room that was found in that turn.
   * @throws {TurnLost} where it fails, and a commit that it built on has failed: that is why
   */
  async working<T>(room: Room, work: () => Promise<T>): Promise<T> {
    this.#throwIfLost(room)
    this.#inTurn.add(room)
    try {
      return await work()
    } catch (error) {
      if (error !== this.#lost.get(room)) this.#throwIfLost(room)
      throw error
    } finally {
      this.#inTurn.delete(room)
      if (this.#lost.has(room)) this.#forget(room)
    }
  }

  /**
   * Moves the room on and hands the commit to storage. The promise is for the disk; the room's next work need not wait for it.
   * @throws {TurnLost} where an earlier commit has failed: nothing was handed to storage
   */
  commit(room: Room, commit: RoomCommit): Promise<CommitResult> {
    this.#throwIfLost(room)
    this.#overlay.add(commit)
    room.apply(commit)
    this.#states.decided(commit)
    const committing = this.#storage.commit(commit).then(
      result => {
        this.#overlay.remove(commit)
        this.#landed(room)
        return result
      },
      (error: unknown) => {
        this.#lose(room, error)
        this.#landed(room)
        throw error
      },
    )
    this.#commitsUnderWay.set(room, { count: (this.#commitsUnderWay.get(room)?.count ?? 0) + 1, last: committing })
    return committing
  }

  /** Resolves when all that is decided of a room by now is on disk; rejects where it will not be. */
  async underWay(room: Room): Promise<void> {
    this.#throwIfLost(room)
    await this.#commitsUnderWay.get(room)?.last
  }

  /** A room is being taken away: nothing is kept of it in memory, and it is not found or opened until that is over. */
  shut(roomId: string): void {
    this.#shut.add(roomId)
    const room = this.#rooms.get(roomId)
    if (room !== undefined) this.#forget(room)
  }

  /** The room is gone: another may be opened under its ID. */
  open(roomId: string): void {
    this.#shut.delete(roomId)
  }

  /** A commit of a room has failed. Those decided on top of it fail as well, later; the room may have been read anew by then. */
  #lose(room: Room, error: unknown): void {
    if (this.#lost.has(room)) return
    this.#lost.set(room, error)
    if (this.#rooms.get(room.roomId) === room) this.#rooms.delete(room.roomId)
    if (!this.#inTurn.has(room)) this.#forget(room)
  }

  #throwIfLost(room: Room): void {
    if (this.#lost.has(room)) throw new TurnLost(room.roomId, this.#lost.get(room))
  }

  /** What is known of a room in memory is no longer trusted. */
  #forget(room: Room): void {
    this.#overlay.dropRoom(room.nid)
    this.#states.forgetRoom(room.nid)
    if (this.#rooms.get(room.roomId) === room) this.#rooms.delete(room.roomId)
  }

  #landed(room: Room): void {
    const underWay = this.#commitsUnderWay.get(room)
    if (underWay === undefined) return
    if (underWay.count > 1) this.#commitsUnderWay.set(room, { ...underWay, count: underWay.count - 1 })
    else this.#commitsUnderWay.delete(room)
  }

  #touch(room: Room): Room {
    this.#rooms.delete(room.roomId)
    this.#rooms.set(room.roomId, room)
    if (this.#rooms.size > maxIdleRooms)
      for (const [roomId, idle] of this.#rooms) {
        if (this.#commitsUnderWay.has(idle) || this.#inTurn.has(idle) || idle === room) continue
        this.#rooms.delete(roomId)
        break
      }
    return room
  }
}
