/**
 * Taking rooms away with everything that only they need: begun in a turn of the room, so that nothing of it is under way, then step by
 * step beside all other work. While it lasts nothing is taken for the room, nor can it be opened anew. A crash or a failing disk only
 * interrupts it: see `Storage.purge`.
 */
import { purgedOutput } from '../output/index.ts'
import type { Timers } from '../runtime/index.ts'
import type { RoomRow, Storage } from '../storage/index.ts'
import type { RoomNid } from '../types/index.ts'
import { type RoomQueues, RoomQueuesClosed } from './room-queues.ts'
import type { Rooms } from './rooms.ts'

export interface RoomPurgesParts {
  readonly storage: Storage
  readonly queues: RoomQueues
  readonly rooms: Rooms
  readonly timers: Timers
  /** Called when an output was written. */
  readonly announce: () => void
}

type PurgingRoom = Pick<RoomRow, 'room' | 'roomId'>

/** Rows taken away in one write: other rooms' writes wait for it some milliseconds. */
const rowsAtOnce = 500
const pageRooms = 100

export class RoomPurges {
  readonly #parts: RoomPurgesParts
  /** By room ID. */
  readonly #underWay = new Map<string, Promise<boolean>>()
  #closed = false

  constructor(parts: RoomPurgesParts) {
    this.#parts = parts
  }

  /** Whether a room is being taken away. */
  isUnderWay(roomId: string): boolean {
    return this.#underWay.has(roomId)
  }

  /**
   * Takes a room away. Resolves when nothing is left of it; who asks again meanwhile waits for the same.
   * @returns false where it is not known
   * @throws {RoomQueuesClosed} where the server stops before it is done: it goes on with the next start
   */
  purge(roomId: string): Promise<boolean> {
    return this.#underWay.get(roomId) ?? this.#track(roomId, this.#whole(roomId))
  }

  /**
   * Takes up what a crash has interrupted. To be awaited before anything else is taken: from then on the rooms are shut.
   * @returns the rest of the work
   */
  async resume(): Promise<{ readonly done: Promise<void> }> {
    const interrupted: PurgingRoom[] = []
    for await (const room of this.#interrupted()) interrupted.push(room)
    const works = interrupted.map(
      ({ room, roomId }) =>
        () =>
          this.#track(roomId, this.#goOn(room, roomId)),
    )
    for (const { roomId } of interrupted) this.#parts.rooms.shut(roomId)
    return { done: this.#oneByOne(works) }
  }

  /** Begins no further step. */
  close(): void {
    this.#closed = true
  }

  async #whole(roomId: string): Promise<boolean> {
    const begun = await this.#parts.queues.run(roomId, () => this.#begin(roomId))
    if (begun !== undefined) return this.#rest(begun)
    for await (const interrupted of this.#interrupted())
      if (interrupted.roomId === roomId) return this.#goOn(interrupted.room, roomId)
    return false
  }

  /** The first step, and what is told of it. @returns undefined where the room is not known */
  async #begin(roomId: string): Promise<RoomNid | undefined> {
    const { storage, rooms } = this.#parts
    const room = await rooms.find(roomId)
    if (room === undefined || room.isNew) return undefined
    await rooms.underWay(room)
    rooms.shut(roomId)
    await storage.purge(room.nid, rowsAtOnce)
    // Only now: what is told of a room that is there goes with it.
    await this.#tell(roomId)
    return room.nid
  }

  /** Whether it was told of before it was interrupted is not known. */
  async #goOn(room: RoomNid, roomId: string): Promise<true> {
    this.#parts.rooms.shut(roomId)
    await this.#tell(roomId)
    return this.#rest(room)
  }

  async #tell(roomId: string): Promise<void> {
    await this.#parts.storage.change([purgedOutput(roomId)])
    this.#parts.announce()
  }

  async #rest(room: RoomNid): Promise<true> {
    const { storage, timers } = this.#parts
    do {
      if (this.#closed) throw new RoomQueuesClosed()
      await timers.yieldNow()
    } while ((await storage.purge(room, rowsAtOnce)) === 'more')
    return true
  }

  async #oneByOne(works: readonly (() => Promise<unknown>)[]): Promise<void> {
    for (const work of works) {
      if (this.#closed) return
      try {
        await work()
      } catch (error) {
        // It goes on with the next start.
        if (!(error instanceof RoomQueuesClosed)) throw error
      }
    }
  }

  async *#interrupted(): AsyncGenerator<PurgingRoom> {
    for (let after: RoomNid | 0 = 0; ; ) {
      const rows = await this.#parts.storage.reader.purgingRooms(after, pageRooms)
      yield* rows
      const last = rows.at(-1)
      if (last === undefined) return
      after = last.room
    }
  }

  #track<T extends boolean>(roomId: string, purge: Promise<T>): Promise<T> {
    this.#underWay.set(roomId, purge)
    return purge.finally(() => {
      this.#underWay.delete(roomId)
      this.#parts.rooms.open(roomId)
    })
  }
}
