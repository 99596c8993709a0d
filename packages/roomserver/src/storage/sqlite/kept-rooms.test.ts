/**
 * Rows of rooms that are kept in memory are those of the database, whoever has changed it.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeRuntime } from '../../runtime/index.ts'
import { using } from '../tests/place.ts'
import { TestRoom } from '../tests/rooms.ts'
import { execute, sqlitePlace } from '../tests/sqlite-place.ts'

test('a room is read once while nothing changes, and anew after each commit', async () => {
  const place = await sqlitePlace()
  await using(place, async storage => {
    const room = await TestRoom.in(storage)
    await storage.commit(room.commit({ events: [room.write()] }))
    const first = await storage.reader.room(room.roomId)
    assert.equal(await storage.reader.room(room.roomId), first, 'the same row, not read again')
    assert.deepEqual(await storage.reader.roomByNid(room.room), first)
    assert.equal(await storage.reader.room('!another:x'), undefined)
    for (let commits = 0; commits < 3; commits++) {
      const before = await storage.reader.room(room.roomId)
      await storage.commit(room.commit({ events: [room.write()] }))
      const after = await storage.reader.room(room.roomId)
      assert.equal(after?.counter, (before?.counter ?? 0) + 1)
      assert.deepEqual(await storage.reader.roomByNid(room.room), after)
    }
  })
})

test('what another connection has changed is seen at the next moment, also without an answer of the writer', async () => {
  const place = await sqlitePlace()
  await using(place, async storage => {
    const room = await TestRoom.in(storage)
    await storage.commit(room.commit({ events: [room.write()] }))
    assert.equal((await storage.reader.room(room.roomId))?.joinedMembers, 0)
    execute(place.path, 'UPDATE rooms SET joined_members = 7')
    await nodeRuntime.timers.yieldNow()
    assert.equal((await storage.reader.room(room.roomId))?.joinedMembers, 7)
    assert.equal((await storage.reader.roomByNid(room.room))?.joinedMembers, 7)
  })
})

test('a room that is being taken away is found no more', async () => {
  const place = await sqlitePlace()
  await using(place, async storage => {
    const room = await TestRoom.in(storage)
    await storage.commit(room.commit({ events: [room.write()] }))
    assert.notEqual(await storage.reader.room(room.roomId), undefined)
    while ((await storage.purge(room.room, 100)) === 'more')
      assert.equal(await storage.reader.room(room.roomId), undefined)
    assert.equal(await storage.reader.room(room.roomId), undefined)
    assert.equal(await storage.reader.roomByNid(room.room), undefined)
  })
})
