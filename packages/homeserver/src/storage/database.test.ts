import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Database } from './database.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurite-heads-'))
after(() => rmSync(folder, { recursive: true }))

const migrations = ['CREATE TABLE things (name TEXT PRIMARY KEY, number INTEGER NOT NULL)']
const put = (name: string, number: number) => ({ sql: 'INSERT INTO things VALUES (?, ?)', values: [name, number] })
let made = 0
const fresh = () => join(folder, `${made++}.db`)

test('what was written can be read, also after a new start', async () => {
  const path = fresh()
  const first = await Database.open(path, migrations)
  await first.write(put('a', 1), put('b', 2))
  assert.deepEqual({ ...first.get('SELECT * FROM things WHERE name = ?', 'a') }, { name: 'a', number: 1 })
  await first.close()
  const second = await Database.open(path, migrations)
  assert.equal(second.all('SELECT * FROM things').length, 2)
  await second.close()
})

test('a write is all or nothing, and one that fails does not touch those beside it', async () => {
  const database = await Database.open(fresh(), migrations)
  const results = await Promise.allSettled([
    database.write(put('a', 1)),
    database.write(put('b', 1), put('a', 2)),
    database.write(put('c', 1)),
  ])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(
    database.all('SELECT name FROM things ORDER BY name').map(row => row['name']),
    ['a', 'c'],
  )
  await database.close()
})

test('a write tells what it returned and how many rows it changed', async () => {
  const database = await Database.open(fresh(), migrations)
  const [inserted, updated] = await database.write(
    { sql: 'INSERT INTO things VALUES (?, ?) RETURNING number', values: ['a', 7] },
    { sql: 'UPDATE things SET number = 8 WHERE name = ?', values: ['none'] },
  )
  assert.deepEqual(
    inserted?.rows.map(row => ({ ...row })),
    [{ number: 7 }],
  )
  assert.equal(updated?.changes, 0)
  await database.close()
})

test('migrations are run once each; a database of a newer version is refused', async () => {
  const path = fresh()
  await (await Database.open(path, migrations)).close()
  const more = await Database.open(path, [...migrations, 'CREATE TABLE more (one INTEGER)'])
  assert.deepEqual(more.all('SELECT * FROM more'), [])
  await more.close()
  await assert.rejects(Database.open(path, migrations), /newer version/)
})

test('a migration that fails leaves the database as it was', async () => {
  const path = fresh()
  await (await Database.open(path, migrations)).close()
  await assert.rejects(
    Database.open(path, [...migrations, 'CREATE TABLE more (one INTEGER); CREATE nonsense']),
    /syntax/,
  )
  const again = await Database.open(path, [...migrations, 'CREATE TABLE more (one INTEGER)'])
  assert.deepEqual(again.all('SELECT * FROM more'), [])
  await again.close()
})

test('after closing, writes are refused', async () => {
  const database = await Database.open(fresh(), migrations)
  const last = database.write(put('a', 1))
  await database.close()
  await last
  await assert.rejects(database.write(put('b', 1)), /closed/)
})
