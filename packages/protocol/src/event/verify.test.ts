import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keysOf, publicKeyOf, signedPdu, signerOf, unsignedPdu } from '../../tests/story/signed-pdu.ts'
import type { JsonObject, JsonValue } from '../canonical-json/index.ts'
import { nodeCrypto } from '../crypto/index.ts'
import type { ServerName } from '../identifiers/index.ts'
import { roomVersions, rulesOf } from '../room-version/index.ts'
import { readPdu } from './read-pdu.ts'
import type { RoomEvent } from './room-event.ts'
import { addEventSignature, hashAndSignEvent, signedJsonText, signJson } from './sign.ts'
import {
  keyCounts,
  maxKeyValidity,
  requiredSigners,
  type SignatureVerdict,
  type VerifyKeys,
  verifyEvent,
  verifyEventAsync,
  verifyJson,
} from './verify.ts'

const all = [...roomVersions.keys()]
const day = 24 * 60 * 60 * 1000

/** An event by @ann:a that these servers have signed. */
function signedBy(version: string, servers: readonly string[], changes: Record<string, unknown> = {}): RoomEvent {
  const rules = rulesOf(version)
  let json = hashAndSignEvent(unsignedPdu(rules, changes), signerOf('nobody'), rules, nodeCrypto)
  json = { ...json, signatures: {} }
  for (const server of servers) {
    const [name = '', keyId] = server.split(' ')
    json = addEventSignature(json, signerOf(name, keyId), rules, nodeCrypto)
  }
  return readPdu(json, rules, nodeCrypto).event
}

/** What is said of an event's signatures, the same with and without a thread of its own: `valid`, or kind and server. */
async function verdictOn(event: RoomEvent, keys: VerifyKeys = keysOf()): Promise<string> {
  const short = (verdict: SignatureVerdict) => (verdict.valid ? 'valid' : `${verdict.kind}: ${verdict.server}`)
  const verdict = short(verifyEvent(event, keys, nodeCrypto))
  assert.equal(short(await verifyEventAsync(event, keys, nodeCrypto)), verdict)
  return verdict
}

const member = (content: Record<string, unknown>) => ({ type: 'm.room.member', state_key: '@bob:b', content })
const thirdPartyInvite = member({ membership: 'invite', third_party_invite: { signed: {} } })

test('an event needs the signature of its sender’s server', async () => {
  for (const version of all) {
    assert.deepEqual([...requiredSigners(signedBy(version, []))], ['a'])
    assert.equal(await verdictOn(signedBy(version, ['a'])), 'valid', version)
    assert.equal(await verdictOn(signedBy(version, ['b'])), 'missing: a', version)
    assert.equal(await verdictOn(signedBy(version, [])), 'missing: a', version)
  }
})

test('until version 2 the server in the event ID signs too, where it is another', async () => {
  for (const version of ['1', '2']) {
    const elsewhere = { event_id: '$this:c' }
    assert.deepEqual([...requiredSigners(signedBy(version, [], elsewhere))], ['a', 'c'])
    assert.equal(await verdictOn(signedBy(version, ['a'], elsewhere)), 'missing: c')
    assert.equal(await verdictOn(signedBy(version, ['c'], elsewhere)), 'missing: a')
    assert.equal(await verdictOn(signedBy(version, ['a', 'c'], elsewhere)), 'valid')
  }
})

test('an invite by third party may come from any server: the sender’s need not sign', async () => {
  for (const version of all) {
    const needed = Number(version) < 3 ? ['a'] : []
    assert.deepEqual([...requiredSigners(signedBy(version, [], thirdPartyInvite))], needed, version)
    assert.equal(await verdictOn(signedBy(version, needed, thirdPartyInvite)), 'valid', version)
  }
  const elsewhere = { ...thirdPartyInvite, event_id: '$this:c' }
  assert.equal(await verdictOn(signedBy('2', ['c'], elsewhere)), 'valid')
  assert.equal(await verdictOn(signedBy('2', ['a'], elsewhere)), 'missing: c')
})

test('only invites are invites by third party', () => {
  for (const changes of [
    member({ membership: 'join', third_party_invite: {} }),
    member({ membership: 'invite' }),
    { ...thirdPartyInvite, type: 'm.room.other' },
  ])
    assert.deepEqual([...requiredSigners(signedBy('11', [], changes))], ['a'])
})

test('since version 8 the server of an authoriser signs a member event of any membership', async () => {
  for (const version of all)
    for (const membership of ['join', 'leave', 'invite', 'ban']) {
      const changes = member({ membership, join_authorised_via_users_server: '@carl:c' })
      const needed = Number(version) >= 8 ? ['a', 'c'] : ['a']
      assert.deepEqual([...requiredSigners(signedBy(version, [], changes))], needed, version)
    }
  const changes = member({ membership: 'join', join_authorised_via_users_server: '@carl:c' })
  assert.equal(await verdictOn(signedBy('8', ['a'], changes)), 'missing: c')
  assert.equal(await verdictOn(signedBy('8', ['a', 'c'], changes)), 'valid')
})

test('only member events have authorisers, and only user IDs have a server', () => {
  const required = (changes: Record<string, unknown>) => [...requiredSigners(signedBy('11', [], changes))]
  assert.deepEqual(required({ content: { join_authorised_via_users_server: '@carl:c' } }), ['a'])
  for (const authoriser of [7, 'carl', '@carl', null])
    assert.deepEqual(required(member({ membership: 'join', join_authorised_via_users_server: authoriser })), ['a'])
})

test('a redacted event of version 8 no longer says who authorised it, one of version 9 does', () => {
  const changes = member({ membership: 'join', join_authorised_via_users_server: '@carl:c' })
  assert.deepEqual([...requiredSigners(signedBy('8', [], changes).redacted())], ['a'])
  assert.deepEqual([...requiredSigners(signedBy('9', [], changes).redacted())], ['a', 'c'])
})

test('signatures by keys that are not known are skipped, as long as one is by a key that is', async () => {
  const event = signedBy('11', ['a ed25519:1', 'a ed25519:2'])
  const { signatures } = event.json
  const broken = { a: { ...((signatures as JsonObject)['a'] as JsonObject), 'ed25519:2': 'AAAA' } }
  const withBroken = readPdu({ ...event.json, signatures: broken }, event.rules, nodeCrypto).event
  assert.equal(await verdictOn(withBroken, keysOf({ 'a ed25519:2': 'unknown' })), 'valid')
  assert.equal(await verdictOn(event, keysOf({ 'a ed25519:1': 'unknown', 'a ed25519:2': 'unknown' })), 'missing: a')
})

test('one wrong signature by a known key is too many', async () => {
  const event = signedBy('11', ['a ed25519:1', 'a ed25519:2'])
  assert.equal(await verdictOn(event), 'valid')
  for (const wrong of ['AAAA', '', 'no base64!', 'A'.repeat(86), 'A'.repeat(2000)]) {
    const ofServer = { ...((event.json['signatures'] as JsonObject)['a'] as JsonObject), 'ed25519:2': wrong }
    const changed = readPdu({ ...event.json, signatures: { a: ofServer } }, event.rules, nodeCrypto).event
    assert.equal(await verdictOn(changed), 'wrong: a', wrong)
  }
})

test('signatures of servers that need not sign are not looked at', async () => {
  const json = signedPdu(rulesOf('11'))
  const signatures = { ...(json['signatures'] as JsonObject), b: { 'ed25519:1': 'nonsense' } }
  assert.equal(await verdictOn(readPdu({ ...json, signatures }, rulesOf('11'), nodeCrypto).event), 'valid')
})

test('a signature covers what redaction keeps: the rest may change, that not', async () => {
  for (const version of all) {
    const json = signedPdu(rulesOf(version), {
      state_key: '@ann:a',
      type: 'm.room.member',
      content: { membership: 'join' },
    })
    const verdict = (changes: Record<string, JsonValue>) =>
      verdictOn(readPdu({ ...json, ...changes }, rulesOf(version), nodeCrypto).event)
    assert.equal(await verdict({ content: { membership: 'join', displayname: 'x' } }), 'valid')
    assert.equal(await verdict({ unsigned: { age: 1 }, 'org.example.more': 1 }), 'valid')
    assert.equal(await verdict({ content: { membership: 'leave' } }), 'wrong: a')
    assert.equal(await verdict({ depth: 4 }), 'wrong: a')
    assert.equal(await verdict({ hashes: { sha256: 'other' } }), 'wrong: a')
  }
})

test('since version 5 a key must have been valid when the event was made, before that not', async () => {
  for (const version of all)
    for (const [validUntil, expected] of [
      [1_000_000, 'valid'],
      [999_999, Number(version) < 5 ? 'valid' : 'missing: a'],
    ] as const)
      assert.equal(
        await verdictOn(signedBy(version, ['a']), keysOf({ 'a ed25519:1': { validUntil } })),
        expected,
        version,
      )
})

test('since version 5 a key is believed for seven days after it was fetched, whatever it says', async () => {
  assert.equal(maxKeyValidity, 7 * day)
  const keys = keysOf({ 'a ed25519:1': { validUntil: 1000 * day } })
  for (const version of all) {
    const at = (origin_server_ts: number) => verdictOn(signedBy(version, ['a'], { origin_server_ts }), keys)
    assert.equal(await at(7 * day), 'valid')
    assert.equal(await at(7 * day + 1), Number(version) < 5 ? 'valid' : 'missing: a', version)
  }
})

test('in all versions a key that has expired counts for what was made before, and for nothing after', async () => {
  for (const version of all)
    for (const [expiredAt, expected] of [
      [1_000_000, 'valid'],
      [999_999, 'missing: a'],
    ] as const) {
      const keys = keysOf({ 'a ed25519:1': { expiredAt, validUntil: 0 } })
      assert.equal(await verdictOn(signedBy(version, ['a']), keys), expected, `${version} ${expiredAt}`)
    }
})

test('an expired key beside a good one is skipped, even where its signature is wrong', async () => {
  const event = signedBy('11', ['a ed25519:1'])
  const ofServer = { ...((event.json['signatures'] as JsonObject)['a'] as JsonObject), 'ed25519:old': 'AAAA' }
  const changed = readPdu({ ...event.json, signatures: { a: ofServer } }, event.rules, nodeCrypto).event
  assert.equal(await verdictOn(changed, keysOf({ 'a ed25519:old': { expiredAt: 0 } })), 'valid')
  assert.equal(await verdictOn(changed, keysOf()), 'wrong: a')
})

test('times beyond 2^53 compare exactly', () => {
  const key = { publicKey: new Uint8Array(), validUntil: Number.MAX_SAFE_INTEGER, fetchedAt: Number.MAX_SAFE_INTEGER }
  assert.equal(keyCounts(key, 2n ** 53n - 1n, rulesOf('5').signatures), true)
  assert.equal(keyCounts(key, 2n ** 53n, rulesOf('5').signatures), false)
  assert.equal(keyCounts(key, 2n ** 62n, rulesOf('4').signatures), true)
})

test('a verdict says in a sentence what is the matter', () => {
  const missing = verifyEvent(signedBy('11', []), keysOf(), nodeCrypto)
  assert.deepEqual(missing, {
    ...{ valid: false, server: 'a', kind: 'missing' },
    reason: 'no signature by a known and valid key of a',
  })
  const changed = { ...signedPdu(rulesOf('11')), depth: 4 }
  assert.deepEqual(verifyEvent(readPdu(changed, rulesOf('11'), nodeCrypto).event, keysOf(), nodeCrypto), {
    ...{ valid: false, server: 'a', kind: 'wrong' },
    reason: 'the signature by ed25519:1 of a does not fit',
  })
})

test('the signature of plain JSON is found by server and key, and fits or not', () => {
  const object = signJson({ x: 1 }, signerOf('a'), nodeCrypto)
  const text = signedJsonText(object)
  const verify = (json: JsonObject, server = 'a', keyId = 'ed25519:1', key = publicKeyOf('a'), signed = text) =>
    verifyJson(json, signed, server as ServerName, keyId, key, nodeCrypto)
  assert.equal(verify(object), true)
  assert.equal(verify(object, 'b'), false)
  assert.equal(verify(object, 'a', 'ed25519:2'), false)
  assert.equal(verify(object, 'a', 'ed25519:1', publicKeyOf('b')), false)
  assert.equal(verify(object, 'a', 'ed25519:1', publicKeyOf('a'), '{"x":2}'), false)
  for (const signatures of [
    undefined,
    null,
    [],
    'x',
    { a: 'x' },
    { a: { 'ed25519:1': 7 } },
    { a: { 'ed25519:1': '!' } },
  ])
    assert.equal(verify({ x: 1, signatures }), false)
})
