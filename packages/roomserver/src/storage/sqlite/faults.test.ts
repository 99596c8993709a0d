import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeRuntime } from '../../runtime/index.ts'
import { RowDamaged, StorageFailed, StorageFull } from '../storage.ts'
import { TestRoom, user } from '../tests/rooms.ts'
import { execute, type SqlitePlace, sqlitePlace } from '../tests/sqlite-place.ts'
import type { SqliteStorage } from './index.ts'

/** A storage with fault points, closed afterwards. */
function withFaults(name: string, run: (storage: SqliteStorage, place: SqlitePlace) => Promise<void>): void {
  test(name, async () => {
    const place = await sqlitePlace()
    const storage = await place.open({ faults: {} })
    try {
      await run(storage, place)
    } finally {
      await storage.close()
      await place.remove()
    }
  })
}

withFaults('a full disk refuses what is not written; reads go on, and later writes are tried again', async storage => {
  const room = await TestRoom.in(storage)
  const write = room.write()
  await storage.commit(room.commit({ events: [write], outputs: ['before'] }))
  await storage.internStateKeys(['@first:x'])
  for (const label of ['before commit', 'before insertEvent', 'before begin']) {
    storage.inject({ labelled: { label, fault: 'full' } })
    const [nid] = await storage.internStateKeys([`@${label}:x`])
    const commit = { ...room.commit({ events: [room.write({ stateKey: nid! })], outputs: ['refused'] }) }
    const results = await Promise.allSettled([
      storage.commit(commit),
      storage.commit({ ...commit, expects: room.counter }),
    ])
    for (const result of results)
      assert.ok(result.status === 'rejected' && !(result.reason instanceof StorageFailed), label)
    assert.ok(results[0].status === 'rejected' && results[0].reason instanceof StorageFull)
    assert.equal((await storage.reader.events([write.row.event])).length, 1)
    storage.inject({})
    // The same commit, unchanged: nothing of it was written.
    const { positions } = await storage.commit(commit)
    assert.deepEqual(positions, [await storage.reader.lastPosition()])
    assert.deepEqual(await storage.reader.stateKeys([nid!]), new Map([[nid, `@${label}:x`]]))
  }
  assert.equal(await storage.reader.lastPosition(), 4)
})

withFaults('an error within a group concerns only the write that it came from', async storage => {
  const rooms = await Promise.all(['!a:x', '!b:x', '!c:x'].map(roomId => TestRoom.in(storage, roomId)))
  // The third event of the group fails, and again when it is tried alone.
  storage.inject({ labelled: { label: 'before putMembership', fault: 'error' } })
  const results = await Promise.allSettled(
    rooms.map((room, at) => {
      const write = room.write()
      const memberships = at === 1 ? [{ user: user(1), event: write.row.event, membership: 'join' as const }] : []
      return storage.commit(room.commit({ events: [write], memberships, outputs: [room.roomId] }))
    }),
  )
  assert.deepEqual(
    results.map(result => result.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(
    (await storage.reader.output(0, 10)).map(row => row.payload),
    ['!a:x', '!c:x'],
  )
})

for (const label of ['before COMMIT', 'after COMMIT', 'before checkpoint', 'after checkpoint'])
  test(`after an I/O error ${label} nothing is trusted until storage is opened again`, async () => {
    const place = await sqlitePlace()
    const storage = await place.open({ faults: {} })
    const room = await TestRoom.in(storage)
    await storage.commit(room.commit({ outputs: ['one'] }))
    const statement = label.replace('COMMIT', 'commit')
    storage.inject({ labelled: { label: statement, fault: 'io-error' } })
    const inCommit = label.includes('COMMIT')
    // Enough for a checkpoint: more than 4,000 pages of 4 KiB.
    const large = { row: room.row(), json: `{"a":"${'x'.repeat(18_000_000)}"}` }
    const written = storage.commit(room.commit({ events: [large], outputs: ['two'] }))
    if (inCommit) await assert.rejects(written, StorageFailed)
    else await written
    storage.inject({})
    await assert.rejects(storage.commit(room.commit({ outputs: ['three'] })), StorageFailed)
    await assert.rejects(storage.reader.lastPosition(), StorageFailed)
    await storage.close()

    const again = await place.open()
    // Whether the second is there was not known: only a new start says.
    const position = await again.reader.lastPosition()
    assert.ok(inCommit ? position === 1 || position === 2 : position === 2)
    assert.equal((await again.reader.output(0, 10)).length, position)
    await again.close()
    await place.remove()
  })

withFaults('a sync that takes its time delays the answer, not the main thread', async storage => {
  const room = await TestRoom.in(storage)
  storage.inject({ syncDelay: 50 })
  const start = performance.now()
  let turns = 0
  let done = false
  const committed = storage.commit(room.commit()).finally(() => {
    done = true
  })
  while (!done) {
    turns++
    await new Promise(resolve => {
      const { port1, port2 } = new MessageChannel()
      port2.onmessage = () => {
        port1.close()
        resolve(undefined)
      }
      port1.postMessage(undefined)
    })
  }
  await committed
  assert.ok(performance.now() - start >= 50)
  assert.ok(turns > 1)
})

withFaults('a damaged row is named, and others can be read', async (storage, place) => {
  const room = await TestRoom.in(storage)
  const [damaged, whole] = [room.write({ prevEvents: [room.event()] }), room.write()]
  const snapshots = [room.snapshot(), room.snapshot()].map(snapshot => {
    return { snapshot, form: { kind: 'whole', parent: 0, blocks: [room.block()] }, origin: 'computed' } as const
  })
  await storage.commit(room.commit({ events: [damaged, whole], snapshots }))
  const { event } = damaged.row
  const { snapshot } = snapshots[0]!
  for (const links of ["x'ff'", "x'05'", "x'0180'", "x''"]) {
    // What is read in one turn is read as of one moment.
    await nodeRuntime.timers.yieldNow()
    execute(place.path, `UPDATE events SET links = ${links} WHERE event = ${event}`)
    const reading = storage.reader.events([event])
    await assert.rejects(
      reading,
      error => error instanceof RowDamaged && error.table === 'events' && error.row === event,
    )
    await assert.rejects(reading, { message: new RegExp(`^row ${event} of events is damaged`) })
  }
  assert.deepEqual(await storage.reader.events([whole.row.event]), [whole.row])
  for (const form of ["x'ff'", "x''", "x'00'", "x'000101ff'"]) {
    await nodeRuntime.timers.yieldNow()
    execute(place.path, `UPDATE state_snapshots SET form = ${form} WHERE snapshot = ${snapshot}`)
    await assert.rejects(storage.reader.snapshots([snapshot]), { name: 'RowDamaged', row: snapshot })
  }
  assert.deepEqual(await storage.reader.snapshots([snapshots[1]!.snapshot]), [snapshots[1]])
})
