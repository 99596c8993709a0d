/**
 * A room's snapshots beside a plain model: a map for each. What the store makes must read as the model says.
 */

import assert from 'node:assert/strict'
import { nodeCrypto } from '@neurite/protocol'
import type { Random } from '../../../../protocol/tests/random-rooms/random.ts'
import {
  type EventNid,
  type EventTypeNid,
  inRoom,
  type SnapshotOrigin,
  type StateEntry,
  type StateKeyNid,
  type StateSnapshotNid,
} from '../../types/index.ts'
import { blockOf } from '../decoded-block.ts'
import { EventCache } from '../event-cache.ts'
import { keyNumber, stateKeyOfKey, typeOfKey } from '../key-number.ts'
import type { PreparedMerge } from '../large-merges.ts'
import { maxBlocks } from '../merge-policy.ts'
import type { StateBuilder, WantedMerge } from '../state-builder.ts'
import { StateCaches } from '../state-caches.ts'
import { StateStore } from '../state-store.ts'
import { MemoryRoom } from './memory-reader.ts'

export type Snapshot = StateSnapshotNid | 0
type Model = ReadonlyMap<number, EventNid>

/** @param graphTail see AuthGraph */
export function storeOver(room: MemoryRoom, cacheBytes = 64 * 2 ** 20, graphTail?: number) {
  const caches = new StateCaches(cacheBytes)
  const events = new EventCache(room.reader, caches)
  const yieldNow = () => Promise.resolve()
  return {
    caches,
    events,
    store: new StateStore({ reader: room.reader, caches, events, crypto: nodeCrypto, yieldNow, graphTail }),
  }
}

export class StateModel {
  readonly room = new MemoryRoom()
  readonly models = new Map<Snapshot, Model>([[0, new Map()]])
  readonly wanted: WantedMerge[] = []
  readonly #random: Random
  readonly #keys: number
  #store: StateStore
  #event = 1

  /** @param keys how many keys there are: fewer are more often overwritten */
  constructor(random: Random, keys: number, cacheBytes?: number) {
    this.#random = random
    this.#keys = keys
    this.#store = storeOver(this.room, cacheBytes).store
  }

  get store(): StateStore {
    return this.#store
  }

  /** Goes on with empty caches. */
  restart(cacheBytes?: number): void {
    this.#store = storeOver(this.room, cacheBytes).store
    this.wanted.length = 0
  }

  anySnapshot(): Snapshot {
    return this.#random.pick([...this.models.keys()])
  }

  entry(): StateEntry {
    const number = this.#random.below(this.#keys)
    return entryOf(number % 5 === 0 ? 2 + (number % 3) : 5, 1 + number, this.#event++)
  }

  entries(count: number): StateEntry[] {
    const entries = new Map(Array.from({ length: count }, () => this.entry()).map(entry => [keyOf(entry), entry]))
    return [...entries.values()]
  }

  async append(parent: Snapshot, origin: SnapshotOrigin = 'computed'): Promise<Snapshot> {
    const entry = this.entry()
    const model = new Map(this.#modelOf(parent)).set(keyOf(entry), entry.event)
    return this.#note(model, builder => this.#store.append(builder, parent, entry, origin))
  }

  async difference(parent: Snapshot, count: number): Promise<Snapshot> {
    const changed = this.entries(count).map(entry =>
      this.#random.percent(40) ? { ...entry, event: 0 as const } : entry,
    )
    const model = new Map(this.#modelOf(parent))
    for (const { event, ...tuple } of changed) {
      if (event === 0) model.delete(keyOf(tuple))
      else model.set(keyOf(tuple), event)
    }
    return this.#note(model, builder => this.#store.difference(builder, parent, changed, 'computed'))
  }

  async given(count: number, near: Snapshot): Promise<Snapshot> {
    const model = new Map(this.#random.percent(70) ? this.#modelOf(near) : [])
    for (const key of model.keys()) if (this.#random.percent(5)) model.delete(key)
    for (const entry of this.entries(count)) model.set(keyOf(entry), entry.event)
    const entries = [...model].map(([key, event]) => ({ type: typeOfKey(key), stateKey: stateKeyOfKey(key), event }))
    return this.#note(model, builder =>
      this.#store.given(builder, blockOf(this.#random.shuffled(entries)), 'computed', near),
    )
  }

  /** Makes merges that are wanted, as would be done beside the work. */
  async mergeBeside(): Promise<void> {
    for (const wanted of this.wanted.splice(0)) {
      const prepared = await this.#store.prepareMerge(wanted)
      if (prepared !== undefined)
        await this.room.commit(builder => this.#store.addMerge(builder, prepared as PreparedMerge))
    }
  }

  /** Reads a snapshot in all ways and compares. */
  async check(snapshot: Snapshot): Promise<void> {
    const model = this.#modelOf(snapshot)
    const view = await this.#store.view(snapshot)
    const read = [...view.entries()].map(entry => [keyOf(entry), entry.event] as const)
    const expected = [...model].sort(([a], [b]) => a - b)
    assert.deepEqual(read, expected)
    assert.equal(view.size, expected.length)
    assert.ok(view.blocks.length <= maxBlocks)
    for (let i = 0; i < 20; i++) {
      const { type, stateKey } = this.entry()
      assert.equal(view.get(type, stateKey), model.get(keyNumber(type, stateKey)) ?? 0)
    }
    const members = [...view.entriesOfType(5 as EventTypeNid)].map(entry => [keyOf(entry), entry.event] as const)
    assert.deepEqual(
      members,
      expected.filter(([key]) => typeOfKey(key) === 5),
    )
  }

  async checkDifference(before: Snapshot, after: Snapshot): Promise<void> {
    const [from, to] = [this.#modelOf(before), this.#modelOf(after)]
    const keys = [...new Set([...from.keys(), ...to.keys()])].sort((a, b) => a - b)
    const expected = keys
      .filter(key => from.get(key) !== to.get(key))
      .map(key => [key, from.get(key) ?? 0, to.get(key) ?? 0])
    const changes = await this.#store.differences(before, after)
    assert.deepEqual(
      changes.map(change => [keyOf(change), change.before, change.after]),
      expected,
    )
  }

  #modelOf(snapshot: Snapshot): Model {
    return this.models.get(snapshot) as Model
  }

  async #note(model: Model, build: (builder: StateBuilder) => Promise<Snapshot>): Promise<Snapshot> {
    const builder = this.room.builder()
    const snapshot = await build(builder)
    this.wanted.push(...builder.mergesWanted)
    this.room.write(builder)
    this.models.set(snapshot, model)
    return snapshot
  }
}

export function keyOf({ type, stateKey }: Pick<StateEntry, 'type' | 'stateKey'>): number {
  return keyNumber(type, stateKey)
}

export function entryOf(type: number, stateKey: number, event: number): StateEntry {
  return {
    type: type as EventTypeNid,
    stateKey: stateKey as StateKeyNid,
    event: inRoom<EventNid>(new MemoryRoom().room, event),
  }
}
