import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  authDifference,
  nodeCrypto,
  type RoomGraph,
  resolveStates,
  roomVersions,
  type StateMap,
} from '@neurite/protocol'
import { Random } from '../../../protocol/tests/random-rooms/random.ts'
import { RandomRoom } from '../../../protocol/tests/random-rooms/random-room.ts'
import { sampledStates } from '../../../protocol/tests/random-rooms/sampled-states.ts'
import { statesIn } from '../../../protocol/tests/story/resolution.ts'
import { type EventNid, inRoom, localOf, type StateEntry } from '../types/index.ts'
import { conflictOf } from './conflicts.ts'
import { blockOf } from './decoded-block.ts'
import { keyNumber } from './key-number.ts'
import { ResolutionGraph } from './resolution-graph.ts'
import { MemoryRoom } from './tests/memory-reader.ts'
import { type Snapshot, storeOver } from './tests/state-model.ts'

/** A random room of the protocol's tests, in a store: the state of each event by snapshots. */
class StoredRoom {
  readonly random: RandomRoom
  readonly room = new MemoryRoom()
  readonly parts: ReturnType<typeof storeOver>
  readonly after = new Map<number, Snapshot>()

  /** @param graphTail of so many events the auth graph is read at first */
  constructor(version: string, seed: number, graphTail?: number) {
    this.parts = storeOver(this.room, undefined, graphTail)
    this.random = new RandomRoom(version, seed)
    this.room.roomVersion = version
  }

  get resolving() {
    const { room } = this.random
    return { nid: this.room.room, roomId: room.roomId, rules: room.rules, next: this.room.builder().next }
  }

  /** Receives all events; the state before each must be what whole maps resolve to. @returns false for a room that makes no sense */
  async receiveAll(): Promise<boolean> {
    const { room, received } = this.random
    const judged = new Set(received)
    for (let number = 0; number < room.size; number++) {
      const event = room.event(number)
      const authEvents = room.authEvents(number).map(authEvent => this.nid(authEvent))
      const nid = this.room.addEvent(event, authEvents, room.isRejected(number), number + 1)
      this.parts.events.keep(nid, event)
      if (!judged.has(number)) continue
      // Of a room whose create event was rejected, the makers of rooms say little that makes sense.
      if (room.prevEvents(number).some(prev => prev >= number)) return false
      const before = await this.resolve(room.prevEvents(number).map(prev => this.after.get(prev) as Snapshot))
      assert.deepEqual(await this.read(before), this.plain(room.stateBefore(number)))
      if (room.stateAfter(number) === room.stateBefore(number)) this.after.set(number, before)
      else {
        const entry = this.entry(number)
        const { store } = this.parts
        this.after.set(number, await this.room.commit(builder => store.append(builder, before, entry, 'computed')))
      }
    }
    return true
  }

  resolve(snapshots: readonly Snapshot[], remember = true): Promise<Snapshot> {
    return this.room.commit(builder => this.parts.store.resolve(builder, this.resolving, snapshots, { remember }))
  }

  /** The same room in a server that has just started: only events are in memory, since those of random rooms are not parsed. */
  fresh(graphTail?: number) {
    const parts = storeOver(this.room, undefined, graphTail)
    for (const [nid, { event }] of this.room.eventRows) parts.events.keep(nid, event)
    return parts
  }

  nid(number: number): EventNid {
    return inRoom<EventNid>(this.room.room, number + 1)
  }

  entry(number: number): StateEntry {
    const { type, stateKey } = this.random.room.event(number)
    return {
      type: this.room.typeNid(type),
      stateKey: this.room.stateKeyNid(stateKey as string),
      event: this.nid(number),
    }
  }

  async read(snapshot: Snapshot): Promise<EventNid[]> {
    return [...(await this.parts.store.view(snapshot)).entries()].map(({ event }) => event).sort((a, b) => a - b)
  }

  plain(state: StateMap): EventNid[] {
    return [...state.values()].map(number => this.nid(number)).sort((a, b) => a - b)
  }

  given(state: StateMap, near: Snapshot): Promise<Snapshot> {
    const entries = [...state.values()].map(number => this.entry(number))
    return this.room.commit(builder => this.parts.store.given(builder, blockOf(entries), 'computed', near))
  }
}

for (const version of roomVersions.keys())
  test(`version ${version}: the state before every event of random rooms is what whole maps resolve to`, async () => {
    for (let seed = 1; seed <= 8; seed++) await new StoredRoom(version, seed).receiveAll()
  })

for (const version of roomVersions.keys())
  test(`version ${version}: the same where the auth graph is read in parts`, async () => {
    let inParts = 0
    for (let seed = 1; seed <= 8; seed++) {
      for (const graphTail of [1, 3]) {
        const stored = new StoredRoom(version, seed, graphTail)
        await stored.receiveAll()
        const { room, parts } = stored
        const whole = stored.fresh()
        if (parts.caches.graphs.get(room.room)?.isWhole === false) inParts++
        // A server that starts when the room is large: from empty caches, each fork by itself.
        const later = stored.fresh(graphTail)
        const forks = [...stored.after.values()].slice(-6)
        for (const one of forks)
          for (const other of forks) {
            const resolve = (store: typeof later.store) =>
              room.commit(builder => store.resolve(builder, stored.resolving, [one, other], { remember: false }))
            const expected = await stored.read(await resolve(whole.store))
            assert.deepEqual(await stored.read(await resolve(later.store)), expected)
            const cold = stored.fresh(graphTail)
            assert.deepEqual(await stored.read(await resolve(cold.store)), expected)
            if (cold.caches.graphs.get(room.room)?.isWhole === false) inParts++
          }
      }
    }
    assert.ok(inParts >= 10, `${inParts} graphs in parts`)
  })

for (const version of ['1', '2', '10', '11', '12'])
  test(`version ${version}: any states, however stored, split and resolve as maps do`, async () => {
    let conflicts = 0
    for (let seed = 1; seed <= 8; seed++) {
      const stored = new StoredRoom(version, seed)
      if (!(await stored.receiveAll())) continue
      const { room } = stored.random
      const { store } = stored.parts
      for (let i = 0; i < 12; i++) {
        const states = sampledStates(stored.random)
        const snapshots: Snapshot[] = []
        for (const state of states) snapshots.push(await stored.given(state, snapshots.at(-1) ?? 0))
        const expected = resolveStates(states, { graph: room, rules: room.rules, crypto: nodeCrypto })
        const resolved = await stored.resolve(snapshots)
        assert.deepEqual(await stored.read(resolved), stored.plain(expected))

        const views = await store.views(snapshots)
        const conflict = conflictOf(views, room.rules.stateResolution !== 'v1')
        if (conflict.entries.length > 0) conflicts++
        const unconflicted = [...conflict.unconflicted.events()]
        assert.equal(new Set(unconflicted).size, unconflicted.length)
        states.forEach((state, index) => {
          const split = [...(statesIn(conflict)[index] as StateMap).values(), ...unconflicted]
          // In version 1 a key that some states lack is unconflicted.
          for (const number of state.values()) assert.ok(split.includes(number + 1))
          for (const event of unconflicted) {
            const { type, stateKey } = stored.entry(event - 1)
            assert.equal(conflict.unconflicted.get(keyNumber(type, stateKey)), event)
          }
        })

        // The walk up from candidates finds what the walk down from all unconflicted state finds.
        const source = { ...stored.parts, reader: stored.room.reader, yieldNow: () => Promise.resolve() }
        const graph = await ResolutionGraph.of(stored.resolving, source, { events: [] })
        const downwards: RoomGraph = {
          size: graph.size,
          impliedCreate: graph.impliedCreate,
          authEvents: event => graph.authEvents(event),
          keyOf: event => graph.keyOf(event),
          keyNumber: (type, stateKey) => graph.keyNumber(type, stateKey),
          isRejected: event => graph.isRejected(event),
          event: event => graph.event(event),
        }
        for (const chains of ['with-state-events', 'letter'] as const)
          assert.deepEqual(
            [...authDifference(conflict, graph, { chains })].sort(),
            [...authDifference(conflict, downwards, { chains })].sort(),
          )
      }
    }
    assert.ok(conflicts > 20, `${conflicts} conflicts`)
  })

test('a resolution is found again by its snapshots in any order, unless it was not to be remembered', async () => {
  const stored = new StoredRoom('11', 3)
  await stored.receiveAll()
  const [a, b] = [...new Set(stored.after.values())].slice(-2) as [Snapshot, Snapshot]
  const first = await stored.resolve([a, b], false)
  const rows = stored.room.identityRows.size
  const second = await stored.resolve([b, a, b])
  assert.deepEqual(await stored.read(first), await stored.read(second))
  assert.equal(stored.room.identityRows.size, rows + 1)
  const [blocks, snapshots] = [stored.room.blockRows.size, stored.room.snapshotRows.size]
  assert.equal(await stored.resolve([a, b]), second)
  assert.deepEqual([stored.room.blockRows.size, stored.room.snapshotRows.size], [blocks, snapshots])
})

test('one snapshot resolves to itself, none to the empty state', async () => {
  const stored = new StoredRoom('11', 3)
  await stored.receiveAll()
  const tip = [...stored.after.values()].at(-1) as Snapshot
  assert.equal(await stored.resolve([tip, tip]), tip)
  assert.equal(await stored.resolve([]), 0)
  assert.equal(await stored.resolve([0]), 0)
})

test('a result is as sure as the least sure of its inputs, and only a computed one is remembered', async () => {
  const stored = new StoredRoom('11', 5)
  await stored.receiveAll()
  const { room, parts } = stored
  const [a, b] = [...new Set(stored.after.values())].slice(-2) as [Snapshot, Snapshot]
  const entries = [...(await parts.store.view(a)).entries()]
  const given = await room.commit(builder => parts.store.given(builder, blockOf(entries), 'given', a))
  const identities = room.identityRows.size
  const resolved = await stored.resolve([given, b])
  assert.equal(await parts.store.originOf(resolved), 'given')
  assert.equal(room.identityRows.size, identities)
  assert.deepEqual(await stored.read(resolved), await stored.read(await stored.resolve([a, b])))
  // The same state from another source: the answer is that state, as sure as the weaker.
  assert.equal(await stored.resolve([given, a]), given)
})

test('events are read from storage where they are not at hand, and the graph only goes on where it ended', async () => {
  const random = new Random(1)
  const room = new MemoryRoom()
  const { store, events } = storeOver(room)
  const { RoomEvent, rulesOf } = await import('@neurite/protocol')
  const rules = rulesOf('11')
  let count = 0
  const add = (type: string, stateKey: string, sender: string, content: object, authEvents: EventNid[]) => {
    const eventId = `$${String(++count).padStart(43, 'x')}`
    const ids = authEvents.map(nid => room.eventRows.get(nid)?.event.eventId)
    const json = {
      type,
      state_key: stateKey,
      sender,
      content,
      room_id: '!room:a',
      depth: count,
      origin_server_ts: count,
      prev_events: [],
      auth_events: ids,
      hashes: { sha256: 'x' },
      signatures: {},
    }
    const fields = {
      type,
      stateKey,
      sender,
      content,
      eventId,
      roomId: '!room:a',
      depth: count,
      originServerTs: count,
      rules,
      json,
      prevEvents: [],
      authEvents: ids,
      redacts: undefined,
    }
    const nid = room.addEvent(new RoomEvent(fields as never), authEvents)
    return { nid, entry: { type: room.typeNid(type), stateKey: room.stateKeyNid(stateKey), event: nid } }
  }
  const create = add('m.room.create', '', '@a:a', {}, [])
  const join = add('m.room.member', '@a:a', '@a:a', { membership: 'join' }, [create.nid])
  const levels = add('m.room.power_levels', '', '@a:a', { users: { '@a:a': 100 } }, [create.nid, join.nid])
  const base = await room.commit(builder =>
    store.given(builder, blockOf([create.entry, join.entry, levels.entry]), 'computed'),
  )
  const auth = [create.nid, join.nid, levels.nid]
  const topics = [1, 2, 3].map(i => add('m.room.topic', '', '@a:a', { topic: `${i}` }, auth))
  const branches: Snapshot[] = []
  for (const { entry } of topics)
    branches.push(await room.commit(builder => store.append(builder, base, entry, 'computed')))
  const resolving = { nid: room.room, roomId: '!room:a', rules }
  const resolved = await room.commit(builder => store.resolve(builder, resolving, random.shuffled(branches)))
  const last = topics.at(-1)?.entry as StateEntry
  assert.equal((await store.view(resolved)).get(last.type, last.stateKey), last.event)
  assert.equal(resolved, branches[2], 'nothing differs from the third branch')

  const reads = room.calls['authGraph']
  const other = add('m.room.topic', '', '@a:a', { topic: '4' }, auth)
  const fourth = await room.commit(builder => store.append(builder, base, other.entry, 'computed'))
  assert.equal(await room.commit(builder => store.resolve(builder, resolving, [resolved, fourth])), fourth)
  assert.equal(room.calls['authGraph'], (reads as number) + 1)
  assert.deepEqual([...(await events.load([last.event])).keys()].map(localOf), [localOf(last.event)])
})
