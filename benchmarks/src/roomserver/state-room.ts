/**
 * A room of which only the state is stored: changes go through the state store into a real database, each in a commit of its
 * own, without the events that brought them. So what state costs can be told from what events cost.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { nodeCrypto } from '@neurite/protocol'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { EventCache, StateBuilder, StateCaches, StateStore } from '@neurite/roomserver/state'
import { OverlayReader, openSqliteStorage, type RoomCommit, type SqliteStorage } from '@neurite/roomserver/storage'
import {
  type EventNid,
  memberTypeNid,
  type RoomNid,
  type StateKeyNid,
  type StateSnapshotNid,
} from '@neurite/roomserver/types'
import { temporaryFolder } from './server.ts'

export type Snapshot = StateSnapshotNid | 0

/** Commits that are given before the first of them is waited for. */
const commitsAtOnce = 500
const cacheBytes = 256 * 1_048_576
const stateTables = `('state_blocks', 'state_snapshots', 'state_identities')`

export class StateRoom {
  readonly store: StateStore
  readonly path: string
  readonly #storage: SqliteStorage
  readonly #overlay: OverlayReader
  readonly #room: RoomNid
  #next = { event: 1, snapshot: 1, block: 1 }
  #counter = 0
  #pending: Promise<unknown>[] = []
  /** Bytes of all rows that were written, without what the database adds. */
  rowBytes = 0
  /** Milliseconds that the longest building of a commit took on this thread. */
  longestStep = { cpu: 0, wall: 0 }

  private constructor(storage: SqliteStorage, room: RoomNid, path: string) {
    this.path = path
    this.#storage = storage
    this.#room = room
    this.#overlay = new OverlayReader(storage.reader)
    const caches = new StateCaches(cacheBytes)
    this.store = new StateStore({
      reader: this.#overlay,
      caches,
      events: new EventCache(this.#overlay, caches),
      crypto: nodeCrypto,
      yieldNow: nodeRuntime.timers.yieldNow,
    })
  }

  static async open(): Promise<StateRoom> {
    const path = join(temporaryFolder(), 'state.db')
    const storage = await openSqliteStorage(path)
    return new StateRoom(storage, await storage.allotRoom(), path)
  }

  /** The number that the next event takes. */
  get nextEvent(): number {
    return this.#next.event
  }

  /** A member event: joins, leaves and new names are all one entry. */
  change(parent: Snapshot, member: number): Promise<Snapshot> {
    return this.#step(builder =>
      this.store.append(
        builder,
        parent,
        { type: memberTypeNid, stateKey: stateKeyOf(member), event: builder.takeEvent() },
        'computed',
      ),
    )
  }

  /**
   * Branches meet: the resolved state is the first branch's with what the others changed, stored as resolution stores it.
   * @param changed the members that the other branches changed, with their events' numbers
   */
  merge(branches: readonly Snapshot[], changed: ReadonlyMap<number, EventNid>): Promise<Snapshot> {
    return this.#step(async builder => {
      const entries = Array.from(changed, ([member, event]) => ({
        ...{ type: memberTypeNid, stateKey: stateKeyOf(member), event },
      }))
      const result = await this.store.difference(builder, branches[0] ?? 0, entries, 'computed')
      const inputs = [...branches].sort((a, b) => a - b)
      if (result !== 0) builder.addIdentity('resolution', inputs, result)
      return result
    })
  }

  async #step(build: (builder: StateBuilder) => Promise<Snapshot>): Promise<Snapshot> {
    const builder = new StateBuilder(this.#room, this.#next)
    const start = performance.now()
    const cpuBefore = process.threadCpuUsage()
    const result = await build(builder)
    this.#commit(builder)
    const { user, system } = process.threadCpuUsage(cpuBefore)
    const step = { cpu: (user + system) / 1000, wall: performance.now() - start }
    if (step.cpu > this.longestStep.cpu) this.longestStep = step
    for (const wanted of builder.mergesWanted) {
      const prepared = await this.store.prepareMerge(wanted)
      const beside = new StateBuilder(this.#room, this.#next)
      if (prepared !== undefined && (await this.store.addMerge(beside, prepared))) this.#commit(beside)
    }
    if (this.#pending.length >= commitsAtOnce) await this.settled()
    return result
  }

  #commit(builder: StateBuilder): void {
    const { blocks, snapshots, identities, next } = builder
    const commit: RoomCommit = {
      ...{ room: this.#room, expects: this.#counter++, next },
      opens: this.#counter === 1 ? { roomId: '!state:bench.invalid', roomVersion: '12' } : undefined,
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
    this.#next = next
    // Snapshots and identities have some ten bytes each.
    for (const { data } of blocks) this.rowBytes += data.length
    this.rowBytes += 10 * (snapshots.length + identities.length)
    for (const { form } of snapshots) if (form.kind === 'whole') this.rowBytes += 2 * form.blocks.length
    this.#overlay.add(commit)
    this.#pending.push(this.#storage.commit(commit).then(() => this.#overlay.remove(commit)))
  }

  /** Resolves when all is on disk. */
  async settled(): Promise<void> {
    const pending = this.#pending
    this.#pending = []
    await Promise.all(pending)
  }

  /** The pages of the tables that hold state, in bytes. */
  async stateBytes(): Promise<number> {
    await this.settled()
    const database = new DatabaseSync(this.path, { readOnly: true })
    try {
      const sql = `SELECT sum(pgsize) AS bytes FROM dbstat WHERE aggregate = TRUE AND name IN ${stateTables}`
      return Number(database.prepare(sql).get()?.['bytes'])
    } finally {
      database.close()
    }
  }

  /** Closes it, which copies the whole log into the file. @returns the file's size */
  async close(): Promise<number> {
    await this.settled()
    await this.#storage.close()
    return statSync(this.path).size
  }
}

function stateKeyOf(member: number): StateKeyNid {
  return (65_536 + member) as StateKeyNid
}
