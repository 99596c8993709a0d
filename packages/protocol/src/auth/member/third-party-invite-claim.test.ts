import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertDecided, assertJudged, judgeByAuthEvents } from '../../../tests/story/judge.ts'
import { type Draft, type Story, story } from '../../../tests/story/story.ts'
import type { JsonObject, JsonValue } from '../../canonical-json/index.ts'
import { nodeCrypto } from '../../crypto/index.ts'
import { type Signer, signJson } from '../../event/index.ts'
import { encodeBase64, encodeBase64Url, type KeyId, type ServerName } from '../../identifiers/index.ts'
import { roomVersions } from '../../room-version/index.ts'

const all = [...roomVersions.keys()]

function identityServer(byte: number, keyId = 'ed25519:0'): Signer & { publicKey: Uint8Array } {
  const seed = new Uint8Array(32).fill(byte)
  const publicKey = nodeCrypto.publicKeyOf(seed)
  return { server: `id${byte}.example` as ServerName, keyId: keyId as KeyId, seed, publicKey }
}

const trusted = identityServer(2)
const stranger = identityServer(1)
const signed = signJson({ mxid: '@bob:b', token: 'abc' }, trusted, nodeCrypto)

/** @ann:a has invited whoever can claim the token abc; @bob:b is that. */
function room(version: string, keys: JsonObject = { public_key: encodeBase64(trusted.publicKey) }): Story {
  const told = story(version).create('@ann:a').joins('@ann:a').powerLevels('PL1', {}).joins('@carl:c')
  return told.event('TPI', { type: 'm.room.third_party_invite', stateKey: 'abc', content: keys })
}

function claim(third_party_invite: JsonValue, more: Partial<Draft> = {}): Draft {
  const content = { membership: 'invite', third_party_invite }
  return { type: 'm.room.member', sender: '@ann:a', stateKey: '@bob:b', content, ...more }
}

test('whom an identity server names by a key of the third-party invite is invited', () => {
  for (const version of all) {
    assertJudged(room(version), claim({ display_name: 'Bob', signed }), 'allow invite/third-party/signature')
    assertDecided(judgeByAuthEvents(room(version), claim({ signed })), 'allow invite/third-party/signature', version)
  }
})

test('the keys are public_key and those of public_keys, in either alphabet of base64', () => {
  const standard = encodeBase64(trusted.publicKey)
  const urlSafe = encodeBase64Url(trusted.publicKey)
  assert.notEqual(standard, urlSafe)
  const other = encodeBase64(stranger.publicKey)
  for (const keys of [
    { public_key: standard },
    { public_key: urlSafe },
    { public_key: `${standard}=` },
    { public_keys: [{ public_key: standard }] },
    { public_key: other, public_keys: [{ public_key: other }, { public_key: urlSafe }] },
    { public_key: 7, public_keys: ['nonsense', {}, { public_key: 'no base64!' }, { public_key: standard }] },
  ])
    assertJudged(room('11', keys), claim({ signed }), 'allow invite/third-party/signature', JSON.stringify(keys))
})

test('a signature by no key of the third-party invite is denied', () => {
  const standard = encodeBase64(trusted.publicKey)
  for (const keys of [
    {},
    { public_key: encodeBase64(stranger.publicKey) },
    { public_key: '' },
    { public_key: [standard] },
    { public_keys: [standard] },
    { public_keys: { public_key: standard } },
    { public_keys: [[{ public_key: standard }]] },
  ])
    assertJudged(room('11', keys), claim({ signed }), 'deny invite/third-party/otherwise', JSON.stringify(keys))
})

test('one signature that fits is enough', () => {
  const twice = signJson(signed, stranger, nodeCrypto)
  assertJudged(room('11'), claim({ signed: twice }), 'allow invite/third-party/signature')
  const signatures = {
    x: 'nonsense',
    y: { 'ed25519:0': 7, 'ed25519:1': 'AAAA' },
    ...(signed['signatures'] as JsonObject),
  }
  assertJudged(room('11'), claim({ signed: { ...signed, signatures } }), 'allow invite/third-party/signature')
})

test('of very many keys and signatures a hundred pairs are tried', () => {
  const other = encodeBase64(stranger.publicKey)
  const good = encodeBase64(trusted.publicKey)
  const keys = (before: number) => ({
    public_keys: [...Array(before).fill(other), good].map(public_key => ({ public_key })),
  })
  assertJudged(room('11', keys(99)), claim({ signed }), 'allow invite/third-party/signature')
  assertJudged(room('11', keys(100)), claim({ signed }), 'deny invite/third-party/otherwise')
})

test('a signature by a key whose algorithm nobody knows is none', () => {
  for (const keyId of ['x25519:0', 'ed25519', 'ED25519:0']) {
    const other = signJson({ mxid: '@bob:b', token: 'abc' }, identityServer(2, keyId), nodeCrypto)
    assertJudged(room('11'), claim({ signed: other }), 'deny invite/third-party/otherwise', keyId)
  }
})

test('what was changed after signing does not fit, but for what signatures do not cover', () => {
  assertJudged(room('11'), claim({ signed: { ...signed, more: 1 } }), 'deny invite/third-party/otherwise')
  assertJudged(room('11'), claim({ signed: { ...signed, unsigned: 1 } }), 'allow invite/third-party/signature')
  for (const signatures of [undefined, null, {}, [], { 'id2.example': {} }])
    assertJudged(room('11'), claim({ signed: { ...signed, signatures } }), 'deny invite/third-party/otherwise')
})

test('a claim must have a signed object with mxid and token', () => {
  for (const version of all) {
    for (const third_party_invite of [{}, 'x', null, 7, [], { signed: 'x' }, { signed: null }])
      assertJudged(room(version), claim(third_party_invite), 'deny invite/third-party/signed')
    for (const statement of [
      {},
      { mxid: '@bob:b' },
      { token: 'abc' },
      { ...signed, mxid: 7 },
      { ...signed, token: null },
    ])
      assertJudged(room(version), claim({ signed: statement }), 'deny invite/third-party/properties')
  }
})

test('the user named must be the one who is invited', () => {
  for (const version of all)
    assertJudged(room(version), claim({ signed }, { stateKey: '@dan:d' }), 'deny invite/third-party/mxid')
})

test('a third-party invite with the token must stand in the room', () => {
  for (const version of all) {
    const other = signJson({ mxid: '@bob:b', token: 'xyz' }, trusted, nodeCrypto)
    assertJudged(room(version), claim({ signed: other }), 'deny invite/third-party/token')
  }
})

test('the sender must be that of the third-party invite', () => {
  for (const version of all)
    assertJudged(room(version), claim({ signed }, { sender: '@carl:c' }), 'deny invite/third-party/sender')
})

test('a third-party invite that was withdrawn has no keys left that could fit', () => {
  const withdrawn = room('11').event('TPI2', { type: 'm.room.third_party_invite', stateKey: 'abc' })
  assertJudged(withdrawn, claim({ signed }), 'deny invite/third-party/otherwise')
})

test('the banned cannot be invited by third party either', () => {
  for (const version of all)
    assertJudged(room(version).bans('@ann:a', '@bob:b'), claim({ signed }), 'deny invite/third-party/banned')
})

test('of memberships and levels nothing else is asked', () => {
  for (const version of all) {
    const told = room(version).powerLevels('PL2', { '@ann:a': 0 }, { invite: 100 })
    assertJudged(told, claim({ signed }), 'allow invite/third-party/signature', 'no invite level')
    assertJudged(told.joins('@bob:b'), claim({ signed }), 'allow invite/third-party/signature', 'joined already')
    assertJudged(told.leaves('@ann:a'), claim({ signed }), 'allow invite/third-party/signature', 'sender has left')
  }
})

test('a claim that fails does not fall back on the rules for other invites', () => {
  const told = room('11')
  assertJudged(told, claim(undefined as unknown as JsonValue), 'allow invite/power')
  assertJudged(told, claim({}), 'deny invite/third-party/signed')
})

test('what comes with a join is no claim', () => {
  const content = { membership: 'join', third_party_invite: {} }
  const told = room('11').invites('@ann:a', '@bob:b')
  assertJudged(told, claim({}, { sender: '@bob:b', content }), 'allow join/invite')
})
