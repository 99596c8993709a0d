/**
 * Storage in memory: the model that the back ends are compared with, and the simulator's storage. Writes that wait form a
 * group; a group is "synced" (the hook, which may take its time or fail) and then applied, each write as a whole.
 */
import type { EventTypeNid, QueueRowNid, RoomNid, StateKeyNid } from '../../types/index.ts'
import { aliasesToBeFree, type DirectoryChange } from '../directory-change.ts'
import type { Reader } from '../reader.ts'
import type { CommitResult, QueueItem, QueueRetry, RoomCommit } from '../room-commit.ts'
import { AliasTaken, OwnershipLost, type Storage, StorageFailed } from '../storage.ts'
import { addOutput, applyCommit } from './apply-commit.ts'
import { applyRowChange } from './memory-directory.ts'
import { MemoryDisk } from './memory-disk.ts'
import { MemoryReader } from './memory-reader.ts'
import { purgeStep } from './purge.ts'

export interface MemoryOptions {
  /** Default: a new, empty one. */
  readonly disk?: MemoryDisk
  /** Called before a group is applied: waits as long as a sync takes, throws where it fails. */
  readonly sync?: () => Promise<void>
}

interface Write {
  apply(): void
  refuse(error: Error): void
}

export class MemoryStorage implements Storage {
  readonly reader: Reader
  readonly disk: MemoryDisk
  readonly #sync: () => Promise<void>
  readonly #epoch: number
  #waiting: Write[] = []
  #writing: Promise<void> | undefined
  #failure: Error | undefined
  /** Interned and not durable yet. */
  readonly #newTypes = new Map<string, EventTypeNid>()
  readonly #newKeys = new Map<string, StateKeyNid>()

  constructor({ disk = new MemoryDisk(), sync = () => Promise.resolve() }: MemoryOptions) {
    this.disk = disk
    this.#sync = sync
    this.#epoch = ++disk.epoch
    const check = () => {
      if (this.#failure !== undefined) throw this.#failure
    }
    this.reader = new MemoryReader(disk, { newTypes: this.#newTypes, newKeys: this.#newKeys, check })
  }

  commit(commit: RoomCommit): Promise<CommitResult> {
    return this.#write(() => ({ counter: commit.expects + 1, positions: applyCommit(this.disk, commit) }))
  }

  async change(changes: readonly DirectoryChange[]): Promise<number[]> {
    const { disk } = this
    const aliases = aliasesToBeFree(changes)
    return this.#write(() => {
      for (const alias of aliases) if (disk.directory.aliases.has(alias)) throw new AliasTaken(alias)
      return changes.flatMap(change => {
        if (change.kind === 'output') return addOutput(disk, disk.roomIds.get(change.roomId) ?? 0, change.payload)
        applyRowChange(disk.directory, change)
        return []
      })
    })
  }

  purge(room: RoomNid, most: number): Promise<'more' | 'done'> {
    return this.#write(() => (purgeStep(this.disk, room, most) ? 'more' : 'done'))
  }

  enqueue(items: readonly QueueItem[]): Promise<QueueRowNid[]> {
    const { disk } = this
    return this.#write(() =>
      items.map(({ roomId, item }) => {
        const row = disk.next.queueRow++ as QueueRowNid
        disk.queue.set(row, { row, roomId, item, notBefore: 0, attempts: 0, waitsFor: '' })
        return row
      }),
    )
  }

  retryLater(retries: readonly QueueRetry[]): Promise<void> {
    return this.#write(() => {
      for (const retry of retries) {
        const row = this.disk.queue.get(retry.row)
        if (row !== undefined) this.disk.queue.set(retry.row, { ...row, ...retry })
      }
    })
  }

  dequeue(rows: readonly QueueRowNid[]): Promise<void> {
    return this.#write(() => {
      for (const row of rows) this.disk.queue.delete(row)
    })
  }

  async allotRoom(): Promise<RoomNid> {
    return this.disk.next.room++ as RoomNid
  }

  async internEventTypes(types: readonly string[]): Promise<EventTypeNid[]> {
    const allot = () => this.disk.next.eventType++ as EventTypeNid
    return types.map(
      type => this.disk.eventTypes.get(type) ?? this.#newTypes.get(type) ?? keep(this.#newTypes, type, allot),
    )
  }

  async internStateKeys(keys: readonly string[]): Promise<StateKeyNid[]> {
    const allot = () => this.disk.next.stateKey++ as StateKeyNid
    return keys.map(key => this.disk.stateKeys.get(key) ?? this.#newKeys.get(key) ?? keep(this.#newKeys, key, allot))
  }

  async close(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
    this.#failure ??= new StorageFailed('it was closed')
  }

  /** The process ends: what waits is never applied, and never answered. The disk can be opened again. */
  crash(): void {
    this.#waiting = []
    this.#failure ??= new StorageFailed('the process has ended')
  }

  #write<T>(apply: () => T): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#waiting.push({ apply: () => resolve(apply()), refuse: reject })
    this.#writing ??= this.#writeAll()
    return promise
  }

  async #writeAll(): Promise<void> {
    // What is decided in the same turn joins the group.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      try {
        await this.#syncGroup()
      } catch (error) {
        if (error instanceof StorageFailed) this.#failure ??= error
        for (const write of group) write.refuse(error as Error)
        continue
      }
      if (this.#failure === undefined) this.#apply(group)
    }
    // In the same step as the last look at what waits.
    this.#writing = undefined
  }

  async #syncGroup(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    await this.#sync()
    if (this.disk.epoch !== this.#epoch) throw new OwnershipLost(this.#epoch, this.disk.epoch)
  }

  #apply(group: readonly Write[]): void {
    this.#saveNames()
    for (const write of group) {
      try {
        write.apply()
      } catch (error) {
        write.refuse(error as Error)
      }
    }
  }

  #saveNames(): void {
    const { disk } = this
    for (const [type, nid] of this.#newTypes) {
      disk.eventTypes.set(type, nid)
      disk.eventTypeNames.set(nid, type)
    }
    for (const [key, nid] of this.#newKeys) {
      disk.stateKeys.set(key, nid)
      disk.stateKeyNames.set(nid, key)
    }
    this.#newTypes.clear()
    this.#newKeys.clear()
  }
}

function keep<N>(names: Map<string, N>, name: string, allot: () => N): N {
  const nid = allot()
  names.set(name, nid)
  return nid
}

export async function openMemoryStorage(options: MemoryOptions = {}): Promise<MemoryStorage> {
  return new MemoryStorage(options)
}
