import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  canonicalJson,
  type JsonValue,
  nodeCrypto,
  type ServerName,
  type Signer,
  type VerifyKey,
} from '@neurite/protocol'
import type { KeyRing } from '@neurite/roomserver'
import { authorizationOf } from './request-signature.ts'
import { type IncomingRequest, verifyRequest } from './verify-request.ts'

const now = 1_700_000_000_000
const here = 'here.example' as ServerName
const far = 'far.example' as ServerName
const signer = (version: string): Signer => ({
  server: far,
  keyId: `ed25519:${version}` as Signer['keyId'],
  seed: nodeCrypto.sha256(`seed ${version}`),
})
const keyOf = ({ seed }: Signer, more: Partial<VerifyKey> = {}): VerifyKey => ({
  ...{ publicKey: nodeCrypto.publicKeyOf(seed), validUntil: now + 1_000, fetchedAt: now },
  ...more,
})

/** @param unreachable whether unknown keys may still turn up */
function ringOf(keys: Readonly<Record<string, VerifyKey>>, unreachable = false): KeyRing {
  const known: KeyRing['known'] = (server, keyId) => (server === far ? keys[keyId] : undefined)
  return { known, keysFor: async () => ({ keys: known, mayTurnUp: () => unreachable }) }
}

const one = signer('1')
const ring = ringOf({ 'ed25519:1': keyOf(one) })

function signed(
  { method = 'PUT', uri = '/_matrix/federation/v1/send/1?a=%2F', destination = here as string | undefined } = {},
  content: JsonValue | undefined = { pdus: [], n: 1 },
  by = one,
): IncomingRequest {
  const text = content === undefined ? undefined : canonicalJson(content)
  const authorization = [authorizationOf({ method, uri, destination, content: text }, by, nodeCrypto)]
  return { method, uri, authorization, content }
}

const verify = (request: IncomingRequest, keyRing = ring) =>
  verifyRequest(request, {
    serverName: here,
    keyRing,
    clock: { now: () => now, monotonic: () => 0 },
    crypto: nodeCrypto,
  })

test('a signed request is authentic, with a body and without, and by servers that name no destination', async () => {
  const authentic = { kind: 'authentic', origin: far }
  assert.deepEqual(await verify(signed()), authentic)
  assert.deepEqual(await verify(signed({ method: 'GET' }, undefined)), authentic)
  assert.deepEqual(await verify(signed({ destination: undefined })), authentic)
})

const changes: readonly (readonly [what: string, change: (request: IncomingRequest) => IncomingRequest])[] = [
  ['the method', request => ({ ...request, method: 'POST' })],
  ['the path', request => ({ ...request, uri: '/_matrix/federation/v1/send/2?a=%2F' })],
  ['how the query is escaped', request => ({ ...request, uri: '/_matrix/federation/v1/send/1?a=/' })],
  ['the body', request => ({ ...request, content: { pdus: [], n: 2 } })],
  ['that there is a body', request => ({ ...request, content: undefined })],
  [
    'who sent it',
    request => ({ ...request, authorization: [request.authorization[0]!.replace(far, 'third.example')] }),
  ],
  ['for whom it is', request => ({ ...request, authorization: [request.authorization[0]!.replace(here, far)] })],
  ['that it says who sent it', request => ({ ...request, authorization: [] })],
]
for (const [what, change] of changes)
  test(`whoever changes ${what} is found out`, async () => {
    assert.equal((await verify(change(signed()))).kind, 'refused')
  })

test('nobody but us can speak for us', async () => {
  const ours: Signer = { ...one, server: here }
  const known = ringOf({ 'ed25519:1': keyOf(one) })
  assert.equal((await verify(signed({}, {}, ours), { ...known, known: () => keyOf(one) })).kind, 'refused')
})

test('keys that are over, or were replaced, sign no requests any more', async () => {
  const over = ringOf({ 'ed25519:1': keyOf(one, { validUntil: now - 1 }) })
  assert.equal((await verify(signed(), over)).kind, 'refused')
  const replaced = ringOf({ 'ed25519:1': keyOf(one, { expiredAt: now - 1 }) })
  assert.equal((await verify(signed(), replaced)).kind, 'refused')
})

test('a key that cannot be had right now is something else than one that there is not', async () => {
  assert.equal((await verify(signed(), ringOf({}, true))).kind, 'unknown')
  assert.equal((await verify(signed(), ringOf({}, false))).kind, 'refused')
})

test('of two signatures those by known keys count, and all of these must fit', async () => {
  const two = signer('2')
  const request = signed()
  const both = {
    ...request,
    authorization: [...request.authorization, ...signed({}, request.content, two).authorization],
  }
  assert.equal((await verify(both)).kind, 'authentic')
  const other = keyOf(signer('3'))
  assert.equal((await verify(both, ringOf({ 'ed25519:1': keyOf(one), 'ed25519:2': other }))).kind, 'refused')
})
