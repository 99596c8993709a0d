import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { CannotOpenStorage } from '../storage.ts'
import { using } from '../tests/place.ts'
import { TestRoom } from '../tests/rooms.ts'
import { execute, type SqlitePlace, sqlitePlace } from '../tests/sqlite-place.ts'

function inPlace(name: string, run: (place: SqlitePlace) => Promise<void>): void {
  test(name, async () => {
    const place = await sqlitePlace()
    try {
      await run(place)
    } finally {
      await place.remove()
    }
  })
}

const holder = new URL('../tests/hold-storage.ts', import.meta.url).pathname

inPlace('a database of a newer version is refused with a sentence, and not touched', async place => {
  await using(place, async storage => {
    const room = await TestRoom.in(storage)
    await storage.commit(room.commit())
  })
  execute(place.path, 'PRAGMA user_version = 999')
  const before = await readFile(place.path)
  await assert.rejects(place.open(), { name: 'CannotOpenStorage', message: /written by a newer version.*999/ })
  assert.deepEqual(await readFile(place.path), before)
})

inPlace('a file that is no database is refused, and nothing is written to it or beside it', async place => {
  await writeFile(place.path, 'This is a letter, not a database. '.repeat(1_000))
  await assert.rejects(place.open(), { name: 'CannotOpenStorage', message: /not a database/ })
  assert.equal(await readFile(place.path, 'utf8'), 'This is a letter, not a database. '.repeat(1_000))
  assert.deepEqual(await readdir(dirname(place.path)), ['neurite.db'])
})

inPlace('the database of another program is refused, and not touched', async place => {
  execute(place.path, 'CREATE TABLE recipes (name TEXT)')
  const before = await readFile(place.path)
  await assert.rejects(place.open(), { name: 'CannotOpenStorage', message: /another program/ })
  assert.deepEqual(await readFile(place.path), before)
})

inPlace('a database in a folder that does not exist cannot be opened', async place => {
  const path = `${place.path}.d/neurite.db`
  const { openSqliteStorage } = await import('./index.ts')
  await assert.rejects(openSqliteStorage(path), CannotOpenStorage)
})

inPlace('whoever opens a database that is open already is told by which process and since when', async place => {
  await using(place, async storage => {
    const who = new RegExp(
      `process ${process.pid} \\(since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC\\) has it open`,
    )
    await assert.rejects(place.open(), { name: 'CannotOpenStorage', message: who })
    // The first goes on undisturbed.
    const room = await TestRoom.in(storage)
    await storage.commit(room.commit())
  })
  await using(place, async () => undefined)
})

inPlace('a process that is killed leaves no lock behind, and what it committed is there', async place => {
  const child = spawn(process.execPath, [holder, place.path], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await once(child.stdout, 'data')
    await assert.rejects(place.open(), { message: new RegExp(`process ${child.pid} `) })
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await using(place, async storage => assert.equal(await storage.reader.lastPosition(), 1))
})

inPlace('every start has an epoch of its own', async place => {
  const epoch = () => {
    const database = new DatabaseSync(place.path, { readOnly: true })
    const row = database.prepare('SELECT epoch FROM partitions').get()
    database.close()
    return row?.['epoch']
  }
  await using(place, async () => undefined)
  assert.equal(epoch(), 1)
  await using(place, async () => undefined)
  assert.equal(epoch(), 2)
})

inPlace('nothing can be read or written once it is closed', async place => {
  const storage = await place.open()
  const room = await TestRoom.in(storage)
  await storage.close()
  await assert.rejects(storage.reader.lastPosition())
  await assert.rejects(storage.commit(room.commit()))
  await storage.close()
})

inPlace('what was given before it is closed is written', async place => {
  const storage = await place.open()
  const room = await TestRoom.in(storage)
  const written = storage.commit(room.commit({ outputs: ['last'] }))
  await storage.close()
  assert.deepEqual((await written).positions, [1])
})

inPlace('when all numbers of a kind are used up, that is said, and everything else goes on', async place => {
  await using(place, async () => undefined)
  execute(place.path, `UPDATE nid_ranges SET next = ${2 ** 29 - 10} WHERE kind = 'state key'`)
  await using(place, async storage => {
    await assert.rejects(storage.internStateKeys(['@one:x']), { message: /numbers.*used up: state key/ })
    assert.deepEqual(await storage.internStateKeys(['']), [1])
    assert.equal((await storage.internEventTypes(['m.room.message'])).length, 1)
    const room = await TestRoom.in(storage)
    await storage.commit(room.commit())
  })
})

inPlace('a room is one range of each table, so that it can be exported or purged by its number', async place => {
  await using(place, async storage => {
    for (const roomId of ['!a:x', '!b:x', '!c:x']) {
      const room = await TestRoom.in(storage, roomId)
      const writes = [room.write({ stateKey: 1 as never }), room.write()]
      const block = { block: room.block(), data: new Uint8Array(3) }
      const form = { kind: 'whole', parent: 0, blocks: [block.block] } as const
      const snapshots = [{ snapshot: room.snapshot(), form, origin: 'computed' } as const]
      await storage.commit(room.commit({ events: writes, blocks: [block], snapshots }))
    }
  })
  const database = new DatabaseSync(place.path, { readOnly: true })
  const keys = { events: 'event', event_json: 'event', state_blocks: 'block', state_snapshots: 'snapshot' }
  for (const [table, key] of Object.entries(keys)) {
    const ofRoom = `SELECT count(*) AS rows FROM ${table} WHERE ${key} >= 2 << 28 AND ${key} < 3 << 28`
    assert.equal(database.prepare(ofRoom).get()?.['rows'], table.startsWith('event') ? 2 : 1, table)
    const plan = database.prepare(`EXPLAIN QUERY PLAN DELETE FROM ${table} WHERE ${key} >= ? AND ${key} < ?`).get()
    assert.match(`${plan?.['detail']}`, /USING INTEGER PRIMARY KEY/)
  }
  database.close()
})
