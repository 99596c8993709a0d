import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandomness } from '../runtime/index.ts'
import { MemoryDisk, openMemoryStorage } from './memory/index.ts'
import { OverlayReader } from './overlay.ts'
import type { RoomCommit } from './room-commit.ts'
import { compareAll, compareSome } from './tests/compare-reads.ts'
import { RandomChanges } from './tests/random-changes.ts'
import { RandomRoom } from './tests/random-commits.ts'
import { TestRoom } from './tests/rooms.ts'

for (const seed of [1, 2, 3])
  test(`the overlay shows committed and decided commits as if all were committed (seed ${seed})`, async () => {
    const random = new SeededRandomness(seed)
    const rooms = [1, 2].map(room => new RandomRoom(room, random.fork()))
    /** As the rooms were when their last commit was committed. */
    const committed = new Map(rooms.map(room => [room.room, room.copy()]))
    const changes = new RandomChanges(
      random.fork(),
      rooms.map(({ roomId }) => roomId),
    )
    const disk = new MemoryDisk()
    const storage = await openMemoryStorage({ disk })
    const overlay = new OverlayReader(storage.reader)
    let pending: { commit: RoomCommit; after: RandomRoom }[] = []
    let model = await openMemoryStorage({ disk: disk.copy() })
    const remake = async () => {
      model = await openMemoryStorage({ disk: disk.copy() })
      for (const { commit } of pending) await model.commit(commit)
    }

    for (let step = 0; step < 800; step++) {
      const room = random.pick(rooms)
      const action = random.weighted([
        [5, 'decide'],
        [4, 'commit'],
        [1, 'fail'],
        [1, 'change'],
      ] as const)
      if (action === 'decide') {
        const commit = { ...room.commit([]), outputs: [] }
        pending.push({ commit, after: room.copy() })
        overlay.add(commit)
        await model.commit(commit)
      } else if (action === 'commit' && pending.length > 0) {
        const { commit, after } = pending.shift()!
        await storage.commit(commit)
        overlay.remove(commit)
        committed.set(commit.room, after)
      } else if (action === 'fail') {
        overlay.dropRoom(room.room)
        pending = pending.filter(({ commit }) => commit.room !== room.room)
        room.rewind(committed.get(room.room)!)
        await remake()
      } else if (action === 'change') {
        // As if it had been given before what is pending: that an alias is taken is no matter here.
        await Promise.allSettled([storage.change(changes.list([]))])
        await remake()
      }
      await compareSome(overlay, model.reader, rooms, changes, random)
      if (step % 50 === 49) await compareAll(overlay, model.reader, rooms, changes, random)
    }
    await storage.close()
  })

test('a commit that is done but not yet removed is not applied twice', async () => {
  const storage = await openMemoryStorage()
  const overlay = new OverlayReader(storage.reader)
  const room = await TestRoom.in(storage)
  const commits = [room.commit(), room.commit({ forwardExtremities: [room.event()] })]
  for (const commit of commits) overlay.add(commit)
  const expected = await overlay.room(room.roomId)
  assert.equal(expected?.counter, 2)
  for (const commit of commits) {
    await storage.commit(commit)
    assert.deepEqual(await overlay.room(room.roomId), expected)
    assert.deepEqual(await overlay.rooms(0, 10), [expected])
  }
  for (const commit of commits) overlay.remove(commit)
  assert.deepEqual(await overlay.room(room.roomId), expected)
})

test('a page is full where rows follow, however many of it pending changes take out', async () => {
  const storage = await openMemoryStorage()
  const overlay = new OverlayReader(storage.reader)
  const room = await TestRoom.in(storage)
  const members = Array.from({ length: 30 }, (_, at) => {
    return { user: (70_000 + at) as never, event: room.event(), membership: 'join' as const }
  })
  await storage.commit(room.commit({ memberships: members }))
  overlay.add(room.commit({ memberships: members.slice(0, 20).map(row => ({ ...row, event: 0 })) }))
  assert.deepEqual(await overlay.memberships(room.room, 'join', 0, 5), members.slice(20, 25))
  assert.deepEqual(await overlay.memberships(room.room, 'join', members[24]!.user, 50), members.slice(25))
})
