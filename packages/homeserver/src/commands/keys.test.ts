import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isJsonObject, nodeCrypto, type ServerName, signedJsonText, verifyJson } from '@neurite/protocol'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { openSqliteStorage } from '@neurite/roomserver/storage'
import { OwnKeys } from '../federation/keys/index.ts'
import { UnusableFile } from '../unusable-file.ts'
import { listKeys, rotateKey } from './keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurite-keys-'))
after(() => rmSync(folder, { recursive: true }))

const server = 'here.example' as ServerName
const configurationOf = (name: string) => ({
  ...{ server_name: server, data_directory: join(folder, name) },
  ...{ signing_key: 'signing.key', database: { path: 'neurite.db' } },
})

/** The keys as a server that starts now has them. */
const keysOf = (name: string) =>
  new OwnKeys({
    ...{ path: join(folder, name, 'signing.key'), serverName: server },
    ...{ runtime: nodeRuntime, crypto: nodeCrypto },
  })

function run(command: typeof listKeys, name: string, json = true) {
  const [lines, problems]: [string[], string[]] = [[], []]
  const output = { line: (text: string) => void lines.push(text), problem: (text: string) => void problems.push(text) }
  const status = command(configurationOf(name), json, output)
  return { status, problems, lines, keys: json ? lines.map(line => JSON.parse(line)) : [] }
}

test('a rotated key is published as old, with the time at which it ended, under the signature of the new one', () => {
  const before = keysOf('rotated').signer()
  const began = nodeRuntime.clock.now()
  const { status, keys } = run(rotateKey, 'rotated')
  const after = keysOf('rotated')
  assert.deepEqual({ status, keys }, { status: 0, keys: [{ keyId: after.signer().keyId, replaced: before.keyId }] })
  assert.notEqual(after.signer().keyId, before.keyId)

  const published = after.published()
  const old = published['old_verify_keys']
  const [expired] = isJsonObject(old) ? Object.values(old) : []
  assert.deepEqual(Object.keys(isJsonObject(old) ? old : {}), [before.keyId])
  const expiredAt = isJsonObject(expired) ? Number(expired['expired_ts']) : 0
  assert.ok(expiredAt >= began && expiredAt <= nodeRuntime.clock.now(), `${expiredAt}`)
  const { keyId, seed } = after.signer()
  const text = signedJsonText(published)
  assert.ok(verifyJson(published, text, server, keyId, nodeCrypto.publicKeyOf(seed), nodeCrypto))
})

test('keys are listed, the one in use first, as a table and as JSON; their seeds are not', () => {
  const first = keysOf('listed').signer().keyId
  run(rotateKey, 'listed')
  const second = keysOf('listed').signer().keyId
  const { keys } = run(listKeys, 'listed')
  assert.deepEqual(
    keys.map(({ keyId, expiredAt }) => [keyId, typeof expiredAt]),
    [
      [second, 'undefined'],
      [first, 'number'],
    ],
  )
  const { lines } = run(listKeys, 'listed', false)
  assert.match(lines[2] ?? '', new RegExp(`^${second} .*in use$`))
  const [, , seed = ''] = readFileSync(join(folder, 'listed', 'signing.key'), 'utf8')
    .trim()
    .split(' ')
  assert.equal(lines.join().includes(seed), false)
})

test('while a server runs its key is not replaced', async () => {
  const { keyId } = keysOf('running').signer()
  const storage = await openSqliteStorage(join(folder, 'running', 'neurite.db'))
  assert.throws(() => run(rotateKey, 'running'), { name: 'CannotOpenStorage', message: /has it open/ })
  await storage.close()
  assert.equal(keysOf('running').signer().keyId, keyId)
  assert.equal(run(rotateKey, 'running').status, 0)
})

test('where there is no key none is made, and a broken one is left as it is', () => {
  const { status, problems } = run(listKeys, 'none')
  assert.equal(status, 1)
  assert.match(problems.join(), /signing\.key is not there/)
  assert.equal(run(rotateKey, 'none').status, 1)
  keysOf('broken')
  writeFileSync(join(folder, 'broken', 'signing.key'), 'ed25519 a_1\n')
  assert.throws(() => run(rotateKey, 'broken'), UnusableFile)
})
