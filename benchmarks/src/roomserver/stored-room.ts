/**
 * A stored room with nothing but its state store on top: for measuring what that does by itself.
 */
import { nodeCrypto, rulesOf } from '@neurite/protocol'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { EventCache, type ResolvingRoom, StateBuilder, StateCaches, StateStore } from '@neurite/roomserver/state'
import { OverlayReader, openSqliteStorage, type RoomRow, type SqliteStorage } from '@neurite/roomserver/storage'
import type { StateSnapshotNid } from '@neurite/roomserver/types'

const cacheBytes = 256 * 1_048_576

export class StoredRoom {
  readonly states: StateStore
  readonly #storage: SqliteStorage
  readonly #overlay: OverlayReader
  #row: RoomRow

  private constructor(storage: SqliteStorage, row: RoomRow) {
    this.#storage = storage
    this.#row = row
    this.#overlay = new OverlayReader(storage.reader)
    const caches = new StateCaches(cacheBytes)
    this.states = new StateStore({
      reader: this.#overlay,
      caches,
      events: new EventCache(this.#overlay, caches),
      crypto: nodeCrypto,
      yieldNow: nodeRuntime.timers.yieldNow,
    })
  }

  /** As the pipeline names it. */
  get room(): ResolvingRoom {
    const { room, roomId, roomVersion, next } = this.#row
    return { nid: room, roomId, rules: rulesOf(roomVersion), next }
  }

  /** Opens the database: no cache of ours holds anything. */
  static async open(path: string, roomId: string): Promise<StoredRoom> {
    const storage = await openSqliteStorage(path)
    const row = await storage.reader.room(roomId)
    if (row === undefined) throw new Error(`there is no room ${roomId} in ${path}`)
    return new StoredRoom(storage, row)
  }

  /** The states after events. */
  async snapshotsAfter(eventIds: readonly string[]): Promise<(StateSnapshotNid | 0)[]> {
    const { reader } = this.#storage
    const nids = await reader.eventNids(this.room.nid, eventIds)
    const rows = new Map((await reader.events([...nids.values()])).map(row => [row.eventId, row.snapshotAfter]))
    return eventIds.map(eventId => rows.get(eventId) as StateSnapshotNid)
  }

  builder(): StateBuilder {
    return new StateBuilder(this.room.nid, this.#row.next)
  }

  /** Stores what a builder made. The promise is for the disk. */
  commit({ blocks, snapshots, identities, next }: StateBuilder): Promise<unknown> {
    const commit = {
      ...{ room: this.room.nid, expects: this.#row.counter, next, opens: undefined },
      ...{ events: [], blocks, snapshots, identities, currentSnapshot: undefined, forwardExtremities: undefined },
      ...{
        memberships: [],
        members: undefined,
        joinedServers: [],
        invitesEnd: [],
        redactions: [],
        waits: [],
        waitsEnd: [],
        outputs: [],
        finishes: [],
      },
    }
    this.#row = { ...this.#row, next, counter: this.#row.counter + 1 }
    this.#overlay.add(commit)
    return this.#storage.commit(commit).then(() => this.#overlay.remove(commit))
  }

  close(): Promise<void> {
    return this.#storage.close()
  }
}
