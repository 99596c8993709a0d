/**
 * `neurite check` on a good database, and on copies of it that are damaged in one place each.
 */
import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checks, type Finding } from '@neurite/roomserver/doctor'
import { openSqliteStorage } from '@neurite/roomserver/storage'
import { pipelineRoomMaker } from '../replay/room-makers.ts'
import { runReplay } from '../replay/run-replay.ts'
import { runCheck } from './check.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'neurite-check-'))
const good = join(folder, 'good.db')
const quiet = { line: () => undefined, problem: () => undefined }

before(async () => {
  const make = pipelineRoomMaker({ storage: 'sqlite', database: good, holdBack: undefined })
  const files = ['room-v1.json', 'room-v12.json'].map(name => join(root, 'examples', name))
  assert.equal(await runReplay(files, { order: 'first', json: false, batch: 50 }, quiet, make), 0)
  // All in one file, so that a copy of it is a copy of the database.
  const database = new DatabaseSync(good)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
})
after(() => rmSync(folder, { recursive: true }))

interface Outcome {
  readonly status: number
  readonly findings: readonly Finding[]
  readonly summary: Readonly<Record<string, unknown>> | undefined
  readonly problems: readonly string[]
}

async function check(path: string, roomId?: string): Promise<Outcome> {
  const lines: unknown[] = []
  const problems: string[] = []
  const output = {
    line: (text: string) => lines.push(JSON.parse(text)),
    problem: (text: string) => problems.push(text),
    progress: () => undefined,
  }
  const status = await runCheck(path, { roomId, json: true }, output)
  const summary = lines.pop() as Outcome['summary']
  return { status, findings: lines as Finding[], summary, problems }
}

/** Without what is only noted: state that is not used any more stays until it is collected. */
function damageIn(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity }) => severity === 'damage')
}

/** A copy of the good database, changed behind storage's back. */
function damaged(name: string, change: (database: DatabaseSync, path: string) => void): string {
  const path = join(folder, `${name}.db`)
  copyFileSync(good, path)
  const database = new DatabaseSync(path)
  change(database, path)
  if (database.isOpen) database.close()
  return path
}

const run = (sql: string) => (database: DatabaseSync) => {
  const { changes } = database.prepare(sql).run()
  assert.notEqual(changes, 0, `it damages nothing: ${sql}`)
}

/** For each check a damage that it must find, and what it must say. */
const damages: Readonly<
  Record<string, { readonly change: (database: DatabaseSync, path: string) => void; readonly says: RegExp }>
> = {
  file: {
    change: (database, path) => {
      const page = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'waits_by_event'").get()
      database.close()
      writeSync(openSync(path, 'r+'), Buffer.alloc(16, 0x55), 0, 16, (Number(page?.['rootpage']) - 1) * 4096)
    },
    says: /page|tree/i,
  },
  strangers: {
    change: run("INSERT INTO event_json VALUES ((900 << 28) + 1, '{}')"),
    says: /room NID 900, which there is not/,
  },
  queue: {
    change: run("INSERT INTO input_log (queue_row, room_id, item) VALUES (7, '!r:x', '{')"),
    says: /row 7 .* no JSON/,
  },
  'output-positions': { change: run('DELETE FROM output_log WHERE position = 5'), says: /position 5 is missing/ },
  numbers: {
    change: run('UPDATE rooms SET next_event = next_event - 1 WHERE room = 1'),
    says: /and the next to be given is/,
  },
  blocks: {
    change: run("UPDATE state_blocks SET data = CAST(data || X'00' AS BLOB) WHERE block = (1 << 28) + 4"),
    says: /number 4 of room NID 1\) is damaged: its checksum/,
  },
  snapshots: { change: run('DELETE FROM state_snapshots WHERE snapshot = (1 << 28) + 3'), says: /it is not stored/ },
  orphans: {
    change: database => {
      run("INSERT INTO state_blocks SELECT (1 << 28) + next_block, X'00' FROM rooms WHERE room = 1")(database)
      run('UPDATE rooms SET next_block = next_block + 1 WHERE room = 1')(database)
    },
    says: /nothing leads to 1 rows of state_blocks/,
  },
  columns: {
    change: run('UPDATE events SET depth = depth + 1 WHERE event = (1 << 28) + 9'),
    says: /its row has depth/,
  },
  hashes: {
    change: run(
      `UPDATE event_json SET json = replace(json, '"depth":', '"depth":1') WHERE event = ((SELECT max(room) FROM rooms) << 28) + 9`,
    ),
    says: /its JSON is that of event/,
  },
  states: {
    change: run(
      'UPDATE events SET snapshot_before = 2, snapshot_after = NULL WHERE event = (SELECT max(event) FROM events WHERE state_key = 0 AND event >> 28 = 1 AND flags = 0)',
    ),
    says: /is not what its prev events give/,
  },
  verdicts: {
    change: run(
      'UPDATE events SET flags = 0, reason = NULL WHERE event = (SELECT min(event) FROM events WHERE flags = 2)',
    ),
    says: /it is accepted, and the rules reject it/,
  },
  'forward-extremities': {
    change: run("UPDATE rooms SET forward_extremities = X'05' WHERE room = 1"),
    says: /an accepted event builds on it/,
  },
  'current-state': {
    change: run('UPDATE rooms SET current_snapshot = 3 WHERE room = 1'),
    says: /must be event number/,
  },
  memberships: {
    change: run('DELETE FROM membership WHERE room = 1 AND user = (SELECT min(user) FROM membership WHERE room = 1)'),
    says: /has no row, and must have/,
  },
  'member-counts': {
    change: run('UPDATE rooms SET joined_members = joined_members + 1 WHERE room = 1'),
    says: /members are joined and \d+ invited, and it says/,
  },
  redactions: {
    change: run(
      'UPDATE redactions SET applied = 1 - applied WHERE redaction = (SELECT min(redaction) FROM redactions)',
    ),
    says: /its redaction of .* must be/,
  },
  'outputs-of-events': {
    change: database => {
      run(`INSERT INTO output_log SELECT max(position) + 1, room, payload FROM output_log`)(database)
      run('UPDATE partitions SET position = position + 1')(database)
    },
    says: /given out as new more than once/,
  },
}

test('a database that a replay filled has no findings', async () => {
  const { status, findings, summary } = await check(good)
  assert.deepEqual(damageIn(findings), [])
  assert.equal(status, 0)
  assert.deepEqual(
    { ...summary, database: '', events: 0, notes: 0 },
    { database: '', rooms: 2, events: 0, provisional: 0, findings: 0, notes: 0 },
  )
  assert.ok(Number(summary?.['events']) > 200)
})

test('a database that was filled by servers that lag, fail and lie has no findings', async () => {
  const path = join(folder, 'held-back.db')
  const make = pipelineRoomMaker({ storage: 'sqlite', database: path, holdBack: 6 })
  const options = { order: 'first', json: false, batch: Number.MAX_SAFE_INTEGER, graphOnly: true }
  assert.equal(await runReplay([join(root, 'examples', 'room-v12.json')], options, quiet, make), 0)
  assert.deepEqual(damageIn((await check(path)).findings), [])
})

test('every check has a damage that it finds', () => {
  assert.deepEqual(checks.map(({ id }) => id).sort(), Object.keys(damages).sort())
})

for (const [id, { change, says }] of Object.entries(damages))
  test(`damage is found and named: ${id}`, async () => {
    const { status, findings } = await check(damaged(id, change))
    const named = findings.filter(finding => finding.check === id)
    assert.ok(
      named.some(({ message }) => says.test(message)),
      JSON.stringify(findings, undefined, 1),
    )
    assert.equal(status, damageIn(findings).length > 0 ? 1 : 0)
    assert.ok(id === 'orphans' || status === 1)
  })

test('a damaged room does not keep the others from being checked', async () => {
  const path = damaged('two', database => {
    run("UPDATE rooms SET forward_extremities = X'FF' WHERE room = 1")(database)
    run("UPDATE event_json SET json = '{' WHERE event = ((SELECT max(room) FROM rooms) << 28) + 9")(database)
  })
  const { findings } = await check(path)
  assert.ok(findings.some(({ check: id, message }) => id === 'rooms' && /row 1 of rooms/.test(message)))
  assert.ok(findings.some(({ check: id }) => id === 'hashes'))
})

test('a damaged block is named in its own room only', async () => {
  const { findings } = await check(damaged('block', damages['blocks']!.change))
  assert.equal(new Set(damageIn(findings).map(({ room }) => room)).size, 1)
})

test('one room can be checked alone', async () => {
  const path = damaged('alone', damages['columns']!.change)
  const database = new DatabaseSync(path, { readOnly: true })
  const ids = database.prepare('SELECT room_id FROM rooms ORDER BY room').all()
  database.close()
  const [first, second] = ids.map(row => String(row['room_id']))
  assert.equal((await check(path, first)).status, 1)
  assert.equal((await check(path, second)).status, 0)
  assert.match(String((await check(path, '!none:x')).findings[0]?.message), /there is no such room/)
})

test('a database that a process has open can be checked, and is not changed by it', async () => {
  const path = join(folder, 'held.db')
  copyFileSync(good, path)
  const storage = await openSqliteStorage(path)
  try {
    assert.equal((await check(path)).status, 0)
  } finally {
    await storage.close()
  }
  const bytes = readFileSync(path)
  assert.equal((await check(path)).status, 0)
  assert.ok(bytes.equals(readFileSync(path)))
})

test('what is no database of ours cannot be opened, and is not made', async () => {
  const missing = join(folder, 'missing.db')
  assert.equal((await check(missing)).status, 2)
  assert.equal(existsSync(missing), false)
  const text = join(folder, 'text.db')
  writeFileSync(text, 'no database at all, but longer than a header of one would be: '.repeat(9))
  const { status, problems } = await check(text)
  assert.equal(status, 2)
  assert.match(problems[0] ?? '', /text\.db cannot be opened/)
  const newer = damaged('newer', database => database.exec('PRAGMA user_version = 99'))
  assert.match((await check(newer)).problems[0] ?? '', /newer version/)
})
