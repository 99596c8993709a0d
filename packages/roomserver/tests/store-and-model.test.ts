/**
 * The store against a plain model: a map of state for each event, over random graphs with forks and merges, with reads of all kinds,
 * collection and reopening in between. The state comes through the real store, into a real database.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { nodeCrypto } from '@neurite/protocol'
import { nodeRuntime, SeededRandomness } from '../src/runtime/index.ts'
import { EventCache, findUnusedState, StateBuilder, StateCaches, StateStore } from '../src/state/index.ts'
import { type EventRow, openSqliteStorage, type RoomCommit, type Storage } from '../src/storage/index.ts'
import type { EventNid, EventTypeNid, RoomNid, StateKeyNid, StateSnapshotNid } from '../src/types/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurite-model-'))
after(() => rmSync(folder, { recursive: true }))

const room = 7 as RoomNid
const yieldNow = () => nodeRuntime.timers.yieldNow()

/** A state: type and state key to event. */
type Model = ReadonlyMap<string, EventNid>

class StoreWithModel {
  readonly #random: SeededRandomness
  readonly #path: string
  #storage: Storage
  #states: StateStore
  #next = { event: 1, snapshot: 1, block: 1 }
  #counter = 0
  readonly rows: EventRow[] = []
  readonly #before = new Map<EventNid, Model>()
  readonly #after = new Map<EventNid, Model>()
  collected = 0

  private constructor(path: string, storage: Storage, random: SeededRandomness) {
    this.#path = path
    this.#random = random
    this.#storage = storage
    this.#states = stateStore(storage)
  }

  static async open(name: string, seed: number): Promise<StoreWithModel> {
    const path = join(folder, name)
    return new StoreWithModel(path, await openSqliteStorage(path), new SeededRandomness(seed))
  }

  /** One more event, on top of one or several of the last ones, or of any. */
  async grow(): Promise<void> {
    const builder = new StateBuilder(room, this.#next)
    const prev = this.#prevEvents()
    const { snapshot, model } = await this.#merged(builder, prev)
    const event = builder.takeEvent()
    const isState = this.#random.chance(0.6)
    const type = (isState ? this.#random.between(1, 7) : 9) as EventTypeNid
    const stateKey = (isState ? this.#random.between(1, 40) : 0) as StateKeyNid
    const origin = 'computed'
    const snapshotAfter = isState
      ? await this.#states.append(builder, snapshot, { type, stateKey, event }, origin)
      : snapshot
    // A state that nothing will refer to, as a corrected one.
    if (this.#random.chance(0.2))
      await this.#states.append(builder, snapshot, { type, stateKey: 1 as StateKeyNid, event }, origin)
    const after = isState ? new Map(model).set(`${type} ${stateKey}`, event) : model
    const row: EventRow = {
      event,
      eventId: `$event-${event}:example.org`,
      type,
      stateKey: isState ? stateKey : 0,
      status: 'accepted',
      outlier: false,
      provisional: false,
      reason: undefined,
      depth: this.rows.length + 1,
      timestamp: 1_760_000_000_000 + this.rows.length,
      prevEvents: prev.map(each => each.event),
      authEvents: [],
      snapshotBefore: snapshot,
      snapshotAfter,
      origin: 'example.org',
    }
    await this.#commit(builder, { events: [{ row, json: '{}' }], currentSnapshot: snapshotAfter })
    this.rows.push(row)
    this.#before.set(event, model)
    this.#after.set(event, after)
  }

  /** Takes away what nothing refers to. */
  async collect(): Promise<void> {
    const roomRow = await this.#storage.reader.roomByNid(room)
    assert.ok(roomRow !== undefined)
    const removes = await findUnusedState(roomRow, this.#storage.reader, yieldNow)
    if (removes === undefined) return
    this.collected += removes.snapshots.length
    await this.#commit(new StateBuilder(room, this.#next), { removes })
  }

  async reopen(): Promise<void> {
    await this.#storage.close()
    this.#storage = await openSqliteStorage(this.#path)
    this.#states = stateStore(this.#storage)
  }

  /** Reads states whole, by one key and as differences, and compares them with the model. */
  async compare(rows: readonly EventRow[]): Promise<void> {
    for (const row of rows) {
      const stored = await this.#storage.reader.events([row.event])
      assert.deepEqual(stored, [row])
      for (const [snapshot, model] of [
        [row.snapshotBefore, this.#before.get(row.event)],
        [row.snapshotAfter, this.#after.get(row.event)],
      ] as const) {
        assert.deepEqual(await this.#read(snapshot), new Map(model))
        const view = await this.#states.view(snapshot)
        const type = this.#random.between(1, 7) as EventTypeNid
        const stateKey = this.#random.between(1, 40) as StateKeyNid
        assert.equal(view.get(type, stateKey), model?.get(`${type} ${stateKey}`) ?? 0)
      }
      await this.#compareDifference(row, this.#random.pick(this.rows))
    }
  }

  async close(): Promise<void> {
    await this.#storage.close()
  }

  async #compareDifference(one: EventRow, other: EventRow): Promise<void> {
    const [from, to] = [this.#after.get(one.event) as Model, this.#after.get(other.event) as Model]
    const expected = [...new Set([...from.keys(), ...to.keys()])].filter(key => from.get(key) !== to.get(key))
    const changes = await this.#states.differences(one.snapshotAfter, other.snapshotAfter)
    assert.deepEqual(changes.map(({ type, stateKey }) => `${type} ${stateKey}`).sort(), expected.sort())
    for (const { type, stateKey, before, after } of changes) {
      assert.equal(before, from.get(`${type} ${stateKey}`) ?? 0)
      assert.equal(after, to.get(`${type} ${stateKey}`) ?? 0)
    }
  }

  #prevEvents(): EventRow[] {
    if (this.rows.length === 0) return []
    const near = this.rows.slice(-8)
    const count = this.#random.chance(0.15) ? Math.min(3, near.length) : 1
    const from = this.#random.chance(0.1) ? this.rows : near
    return [...new Set(Array.from({ length: count }, () => this.#random.pick(from)))]
  }

  /** The states after several events as one: later events win, and now and then a key goes. Not a resolution, but as hard to store. */
  async #merged(builder: StateBuilder, prev: readonly EventRow[]) {
    const [first, ...rest] = prev
    if (first === undefined) return { snapshot: 0 as StateSnapshotNid | 0, model: new Map() as Model }
    const model = new Map(this.#after.get(first.event))
    const changed = new Map<string, EventNid | 0>()
    for (const row of rest)
      for (const [key, event] of this.#after.get(row.event) as Model)
        if (event > (model.get(key) ?? 0)) changed.set(key, event)
    if (rest.length > 0 && model.size > 0 && this.#random.chance(0.3)) changed.set([...model.keys()][0] as string, 0)
    for (const [key, event] of changed) {
      if (event === 0) model.delete(key)
      else model.set(key, event)
    }
    const entries = [...changed].map(([key, event]) => {
      const [type, stateKey] = key.split(' ').map(Number)
      return { type: type as EventTypeNid, stateKey: stateKey as StateKeyNid, event }
    })
    const snapshot = await this.#states.difference(builder, first.snapshotAfter, entries, 'computed')
    return { snapshot, model: model as Model }
  }

  async #read(snapshot: StateSnapshotNid | 0): Promise<Map<string, EventNid>> {
    const view = await this.#states.view(snapshot)
    return new Map(Array.from(view.entries(), ({ type, stateKey, event }) => [`${type} ${stateKey}`, event]))
  }

  async #commit(builder: StateBuilder, parts: Partial<RoomCommit>): Promise<void> {
    await this.#storage.commit({
      room,
      expects: this.#counter,
      opens: this.#counter === 0 ? { roomId: '!model:example.org', roomVersion: '11' } : undefined,
      next: builder.next,
      events: [],
      blocks: builder.blocks,
      snapshots: builder.snapshots,
      identities: builder.identities,
      currentSnapshot: undefined,
      forwardExtremities: undefined,
      memberships: [],
      members: undefined,
      joinedServers: [],
      invitesEnd: [],
      redactions: [],
      waits: [],
      waitsEnd: [],
      outputs: [],
      finishes: [],
      ...parts,
    })
    this.#counter++
    this.#next = { ...builder.next }
  }
}

function stateStore({ reader }: Storage): StateStore {
  const caches = new StateCaches(1_000_000)
  return new StateStore({ reader, caches, events: new EventCache(reader, caches), crypto: nodeCrypto, yieldNow })
}

for (const seed of [1, 2, 3])
  test(`2,000 events with forks, merges, collection and reopening read as the model has them (seed ${seed})`, async t => {
    const random = new SeededRandomness(seed * 1000)
    const store = await StoreWithModel.open(`model-${seed}.db`, seed)
    for (let step = 0; step < 2_000; step++) {
      await store.grow()
      if (random.chance(0.01)) await store.collect()
      if (random.chance(0.002)) await store.reopen()
      if (random.chance(0.05)) await store.compare([random.pick(store.rows)])
    }
    await store.collect()
    await store.reopen()
    await store.compare(store.rows.filter(() => random.chance(0.2)))
    assert.ok(store.collected > 200, `${store.collected} snapshots were collected`)
    t.diagnostic(`${store.collected} snapshots collected`)
    await store.close()
  })

test('a collected number is never given out again', async () => {
  const store = await StoreWithModel.open('numbers.db', 9)
  for (let step = 0; step < 50; step++) await store.grow()
  await store.collect()
  assert.ok(store.collected > 0)
  const highest = Math.max(...store.rows.map(row => row.snapshotAfter))
  await store.reopen()
  for (let step = 0; step < 50; step++) await store.grow()
  for (const row of store.rows.slice(50))
    if (row.snapshotAfter !== row.snapshotBefore) assert.ok(row.snapshotAfter > highest)
  await store.close()
})
