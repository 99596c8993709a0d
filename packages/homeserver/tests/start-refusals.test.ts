/**
 * A server whose data is not as it left it: it does not start, and says in one sentence which file is to be looked at.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { loadConfiguration } from '../src/config/index.ts'
import { openHomeserver } from '../src/server/open-homeserver.ts'

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'neurite-refusals-'))
after(() => rmSync(folder, { recursive: true }))

const log = pino({ level: 'silent' })
const configurationOf = (directory: string) =>
  loadConfiguration(undefined, { NEURITE_LISTEN: '[{ port: 0 }]', NEURITE_DATA_DIRECTORY: directory }, folder)

/** A data directory as a server leaves it that ran twice: with a room, and with a copy of the rooms from before. */
const whole = join(folder, 'whole')
const older = join(folder, 'older.db')
await (await openHomeserver(configurationOf(whole), log)).close()
cpSync(join(whole, 'neurite.db'), older)
const server = await openHomeserver(configurationOf(whole), log)
await server.api.performCreateRoom({ creator: '@ann:localhost', preset: 'public_chat' })
await server.close()

/** Damages a copy of the data, and starts a server on it. @returns what it says */
async function startOn(name: string, damage: (directory: string) => void): Promise<string> {
  const directory = join(folder, name)
  cpSync(whole, directory, { recursive: true })
  damage(directory)
  const env = { ...process.env, NEURITE_LISTEN: '[{ port: 0 }]', NEURITE_DATA_DIRECTORY: directory }
  const refused = await promisify(execFile)(process.execPath, [cli, 'start'], { cwd: folder, env }).catch(
    error => error,
  )
  assert.equal(refused.code, 2, refused.stderr)
  assert.equal(refused.stderr.trim().split('\n').length, 1, refused.stderr)
  return refused.stderr
}

test('rooms that were put back to an older backup than the heads are noticed', async () => {
  const said = await startOn('ahead', directory => cpSync(older, join(directory, 'neurite.db')))
  assert.match(said, /neurite-heads\.db is ahead of .*neurite\.db, .*: put both back from one backup/)
})

test('a heads database of a newer version, and one that is none, are named', async () => {
  const newer = await startOn('newer', directory => {
    const database = new DatabaseSync(join(directory, 'neurite-heads.db'))
    database.exec('PRAGMA user_version = 1000')
    database.close()
  })
  assert.match(newer, /neurite-heads\.db cannot be opened: it was written by a newer version/)
  const none = await startOn('none', directory => writeFileSync(join(directory, 'neurite-heads.db'), 'x'.repeat(5_000)))
  assert.match(none, /neurite-heads\.db cannot be opened: .*not a database/)
})

test('a broken signing key, and a broken old key, are named', async () => {
  const key = await startOn('key', directory => writeFileSync(join(directory, 'signing.key'), 'ed25519 a_1\n'))
  assert.match(key, /signing\.key is no signing key/)
  const old = await startOn('old', directory => writeFileSync(join(directory, 'signing.key.old'), 'nonsense\n'))
  assert.match(old, /signing\.key\.old has no old key in line 1/)
})
