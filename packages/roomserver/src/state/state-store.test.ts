import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from '../../../protocol/tests/random-rooms/random.ts'
import { inRoom, type StateBlockNid, type StateSnapshotNid } from '../types/index.ts'
import { maxDerivationDepth } from './block-list.ts'
import { DamagedBlock, DamagedSnapshot } from './damage.ts'
import { blockOf } from './decoded-block.ts'
import { maxBlocks } from './merge-policy.ts'
import { MemoryRoom } from './tests/memory-reader.ts'
import { entryOf, type Snapshot, StateModel, storeOver } from './tests/state-model.ts'

for (const [what, keys, cacheBytes] of [
  ['few keys', 30, undefined],
  ['many keys', 3_000, undefined],
  ['hardly any cache', 300, 5_000],
] as const)
  test(`any sequence of changes, forks and whole states reads as a map for each would: ${what}`, async () => {
    const random = new Random(keys)
    const model = new StateModel(random, keys, cacheBytes)
    let tip: Snapshot = 0
    for (let i = 0; i < 1_500; i++) {
      const from: Snapshot = random.percent(85) ? tip : model.anySnapshot()
      const made: Snapshot = await random.weighted<() => Promise<Snapshot>>([
        [90, () => model.append(from)],
        [6, () => model.difference(from, random.between(0, 8))],
        [1, () => model.given(random.between(0, 40), model.anySnapshot())],
      ])()
      tip = random.percent(90) ? made : model.anySnapshot()
      if (random.percent(3)) await model.mergeBeside()
      if (random.percent(1)) model.restart(cacheBytes)
      if (random.percent(5)) await model.check(model.anySnapshot())
      if (random.percent(20)) await model.checkDifference(model.anySnapshot(), random.percent(50) ? tip : from)
    }
    model.restart(cacheBytes)
    for (const snapshot of model.models.keys()) if (random.percent(10)) await model.check(snapshot)
    await model.check(tip)
  })

test('large merges made beside the work, early, late or never, change no state', async () => {
  for (const percent of [0, 2, 100]) {
    const random = new Random(percent + 1)
    const model = new StateModel(random, 20_000)
    let tip: Snapshot = 0
    let longest = 0
    for (let i = 0; i < 400; i++) {
      const from: Snapshot = random.percent(95) ? tip : model.anySnapshot()
      tip = random.percent(30) ? await model.difference(from, 700) : await model.append(from)
      if (random.percent(percent)) await model.mergeBeside()
      longest = Math.max(longest, (await model.store.view(tip)).blocks.length)
    }
    assert.ok(longest < maxBlocks, `${longest} blocks`)
    for (let i = 0; i < 20; i++) {
      await model.check(model.anySnapshot())
      await model.checkDifference(model.anySnapshot(), tip)
    }
  }
})

/** A room with so many members who joined one after the other. */
async function grown(members: number) {
  const room = new MemoryRoom()
  const { store } = storeOver(room)
  const line: Snapshot[] = [0]
  for (let i = 1; i <= members; i++) {
    const entry = entryOf(5, 70_000 + i, i)
    line.push(await room.commit(builder => store.append(builder, line[i - 1] as Snapshot, entry, 'computed')))
  }
  return { room, store, line }
}

test('the first state event makes a block, each further one a block and a line in the list', async () => {
  const { room, line } = await grown(4)
  assert.deepEqual([room.blockRows.size, room.snapshotRows.size], [4, 4])
  assert.deepEqual(
    [...room.snapshotRows.values()].map(({ form }) => form.kind),
    ['whole', 'append', 'append', 'append'],
  )
  const { store } = storeOver(room)
  assert.deepEqual((await store.view(line[4] as Snapshot)).blocks, [...room.blockRows.keys()])
})

test('all children of a snapshot share the block that is merged for them, and none has it merged with its own entry', async () => {
  const { room, store, line } = await grown(9)
  const blocks = room.blockRows.size
  const children: Snapshot[] = []
  for (let i = 0; i < 20; i++) {
    const entry = entryOf(5, 70_000 + i, 100 + i)
    children.push(await room.commit(builder => store.append(builder, line[9] as Snapshot, entry, 'computed')))
  }
  assert.equal(room.blockRows.size, blocks + 20 + 1)
  const lists = await Promise.all(children.map(async child => (await store.view(child)).blocks))
  for (const list of lists) {
    assert.equal(list.length, 3)
    assert.deepEqual(list.slice(0, 2), lists[0]?.slice(0, 2))
  }
})

test('children of a snapshot far from a whole list share the one that is written for them', async () => {
  const { room, store, line } = await grown(maxDerivationDepth + 1)
  const deep = line[maxDerivationDepth + 1] as Snapshot
  for (let i = 0; i < 5; i++)
    await room.commit(builder => store.append(builder, deep, entryOf(5, 70_001, 200 + i), 'computed'))
  const whole = [...room.snapshotRows.values()].filter(({ form }) => form.kind === 'whole')
  assert.deepEqual(
    whole.map(({ form }) => form.parent),
    [0, deep],
  )
})

test('forks from any snapshot of a room cost little, wherever they leave', async () => {
  const { room, store, line } = await grown(1_300)
  for (let position = 1_200; position < 1_300; position++) {
    // What the line itself was due for, each snapshot pays once.
    await room.commit(builder =>
      store.append(builder, line[position] as Snapshot, entryOf(5, 70_001, 5_000), 'computed'),
    )
    const before = room.bytes(12)
    for (let i = 1; i <= 20; i++)
      await room.commit(builder =>
        store.append(builder, line[position] as Snapshot, entryOf(5, 70_001, 5_000 + i), 'computed'),
      )
    assert.ok((room.bytes(12) - before) / 20 <= 45, `${(room.bytes(12) - before) / 20} bytes a fork`)
  }
})

test('reading a state with empty caches takes two round trips for the list and one for all blocks', async () => {
  const { room, line } = await grown(1_000)
  const { store } = storeOver(room)
  for (const method of Object.keys(room.calls)) room.calls[method] = 0
  const view = await store.view(line[1_000] as Snapshot)
  assert.equal(view.size, 1_000)
  assert.ok((room.calls['snapshots'] as number) <= 2)
  assert.equal(room.calls['blocks'], 1)
})

test('what a builder made is there for it before it is written, whatever the caches hold', async () => {
  const room = new MemoryRoom()
  const { store } = storeOver(room, 0)
  const builder = room.builder()
  let tip: Snapshot = 0
  for (let i = 1; i <= 200; i++) tip = await store.append(builder, tip, entryOf(5, 70_000 + i, i), 'computed')
  assert.equal((await store.view(tip, builder)).size, 200)
  assert.equal((await store.differences(tip, 0, builder)).length, 200)
  assert.equal(room.snapshotRows.size, 0)
  await assert.rejects(store.view(tip), DamagedSnapshot)
})

test('rows of a commit that failed are replaced by those that get their numbers next', async () => {
  const { room, store, line } = await grown(3)
  const failed = await store.append(room.builder(), line[3] as Snapshot, entryOf(5, 70_001, 50), 'computed')
  const next = await room.commit(builder =>
    store.append(builder, line[3] as Snapshot, entryOf(5, 70_002, 51), 'computed'),
  )
  assert.equal(next, failed)
  assert.deepEqual(
    (await store.differences(line[3] as Snapshot, next)).map(({ stateKey }) => stateKey),
    [70_002],
  )
})

test('a large merge that was being made when a commit of its room failed is given up, and made again where it is wanted', async () => {
  const model = new StateModel(new Random(1), 20_000)
  for (let tip: Snapshot = 0; model.wanted.length === 0; ) tip = await model.difference(tip, 700)
  const { store, room } = model
  const wanted = model.wanted[0] as (typeof model.wanted)[number]
  const prepare = async () => {
    const prepared = await store.prepareMerge(wanted)
    assert.ok(prepared !== undefined)
    return prepared
  }
  const early = await prepare()
  store.forgetRoom(room.room)
  assert.equal(await store.addMerge(room.builder(), early), false)
  const again = await prepare()
  // The first is not taken for the second, which has the same inputs.
  store.dropMerge(early)
  assert.equal(await store.addMerge(room.builder(), early), false)
  assert.equal(await store.addMerge(room.builder(), again), true)
})

test('a difference without changes is its parent, unless it is surer or less sure', async () => {
  const { room, store, line } = await grown(3)
  const [parent, builder] = [line[3] as Snapshot, room.builder()]
  assert.equal(await store.difference(builder, parent, [], 'computed'), parent)
  const given = await store.difference(builder, parent, [], 'given')
  assert.notEqual(given, parent)
  assert.equal(await store.originOf(given, builder), 'given')
  assert.deepEqual(await store.differences(parent, given, builder), [])
  assert.equal(await store.difference(builder, 0, [], 'computed'), 0)
})

test('a whole state that is close to another is stored as what differs', async () => {
  const { room, store, line } = await grown(500)
  const near = line[500] as Snapshot
  const entries = [...(await store.view(near)).entries()].slice(0, 490)
  const before = room.bytes(12)
  const given = await room.commit(builder => store.given(builder, blockOf(entries), 'given', near))
  assert.ok(room.bytes(12) - before < 100)
  assert.deepEqual([...(await store.view(given)).entries()], entries)
  assert.equal(await store.originOf(given), 'given')
})

test('a damaged or missing block names itself, and other rooms are read as before', async () => {
  const { room, line } = await grown(12)
  const [block, row] = [...room.blockRows][0] as [StateBlockNid, { block: StateBlockNid; data: Uint8Array }]
  const healthy = (await grown(12)).room
  row.data[6] = (row.data[6] as number) ^ 1
  await assert.rejects(
    storeOver(room).store.view(line[5] as Snapshot),
    (error: unknown) => error instanceof DamagedBlock && error.block === block,
  )
  room.blockRows.delete(block)
  await assert.rejects(storeOver(room).store.view(line[5] as Snapshot), /not stored/)
  assert.equal((await storeOver(healthy).store.view(line[5] as Snapshot)).size, 5)
})

test('damaged snapshots end in an error, not in a search without end', async () => {
  const { room, line } = await grown(5)
  const [a, b] = [line[1] as StateSnapshotNid, line[2] as StateSnapshotNid]
  const block = inRoom<StateBlockNid>(room.room, 1)
  room.snapshotRows.set(a, { snapshot: a, form: { kind: 'append', parent: b, block }, origin: 'computed' })
  await assert.rejects(storeOver(room).store.view(line[5] as Snapshot), DamagedSnapshot)
  room.snapshotRows.set(a, {
    snapshot: a,
    form: { kind: 'whole', parent: 0, blocks: Array(65).fill(block) },
    origin: 'computed',
  })
  await assert.rejects(storeOver(room).store.view(a), DamagedSnapshot)
  room.snapshotRows.set(b, {
    snapshot: b,
    form: { kind: 'merge', parent: a, at: 60, count: 8, merged: block, block: 0 },
    origin: 'computed',
  })
  await assert.rejects(storeOver(room).store.view(b), DamagedSnapshot)
})
