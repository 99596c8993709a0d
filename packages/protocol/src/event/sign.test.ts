import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedPdu, signerOf, unsignedPdu } from '../../tests/story/signed-pdu.ts'
import { canonicalJson, type JsonObject, parseJson } from '../canonical-json/index.ts'
import { nodeCrypto } from '../crypto/index.ts'
import { roomVersions, rulesOf } from '../room-version/index.ts'
import { contentHash } from './hashes.ts'
import { addEventSignature, hashAndSignEvent, signedJsonText, signJson } from './sign.ts'

const signaturesOf = (object: JsonObject) => JSON.parse(canonicalJson(object['signatures'] ?? null))

test('JSON is signed without its signatures and what is unsigned, both of which stay', () => {
  const object = { x: 1, unsigned: { y: 2 }, signatures: { b: { 'ed25519:9': 'theirs' } } }
  assert.equal(signedJsonText(object), '{"x":1}')
  const signed = signJson(object, signerOf('a'), nodeCrypto)
  assert.deepEqual(signed['unsigned'], { y: 2 })
  assert.deepEqual(signaturesOf(signed), {
    a: signaturesOf(signJson({ x: 1 }, signerOf('a'), nodeCrypto)).a,
    b: { 'ed25519:9': 'theirs' },
  })
})

test('a signature joins those of the same server: a policy server may bear the sender’s name', () => {
  const rules = rulesOf('11')
  const once = signedPdu(rules)
  const twice = addEventSignature(once, signerOf('a', 'ed25519:policy_server'), rules, nodeCrypto)
  assert.deepEqual(Object.keys(signaturesOf(twice).a).sort(), ['ed25519:1', 'ed25519:policy_server'])
  assert.equal(signaturesOf(twice).a['ed25519:1'], signaturesOf(once).a['ed25519:1'])
})

test('a signature by the same key takes the place of the one before', () => {
  const stale = { x: 1, signatures: { a: { 'ed25519:1': 'stale' } } }
  assert.deepEqual(signaturesOf(signJson(stale, signerOf('a'), nodeCrypto)), {
    ...signaturesOf(signJson({ x: 1 }, signerOf('a'), nodeCrypto)),
  })
})

test('an event gets the hash of its content, in place of any other, and what is signed stays as it was', () => {
  for (const rules of roomVersions.values()) {
    const event = unsignedPdu(rules, { hashes: { sha256: 'stale', md5: 'x' }, unsigned: { age: 1 } })
    const before = canonicalJson(event)
    const signed = hashAndSignEvent(event, signerOf('a'), rules, nodeCrypto)
    assert.equal(canonicalJson(signed['hashes'] as JsonObject), `{"sha256":"${contentHash(event, nodeCrypto)}"}`)
    assert.deepEqual(signed['unsigned'], { age: 1 })
    assert.equal(canonicalJson(event), before)
  }
})

test('the signature of an event does not depend on what redaction takes away but by the hash', () => {
  const rules = rulesOf('11')
  const signed = (changes: Record<string, unknown>) => signaturesOf(signedPdu(rules, changes)).a['ed25519:1']
  assert.equal(signed({ unsigned: { age: 1 } }), signed({}))
  assert.notEqual(signed({ content: { body: 'other' } }), signed({}))
})

test('a signature added later covers the same text as the first', () => {
  for (const rules of roomVersions.values()) {
    const once = signedPdu(rules)
    const again = addEventSignature(once, signerOf('a'), rules, nodeCrypto)
    assert.deepEqual(signaturesOf(again), signaturesOf(once), rules.version)
  }
})

test('servers and keys with the names of what objects inherit are names like others', () => {
  const object = parseJson('{"x":1,"signatures":{"__proto__":{"ed25519:1":"theirs"}}}', {
    mode: 'strict',
  }) as JsonObject
  const signed = signJson(object, signerOf('constructor'), nodeCrypto)
  const text = canonicalJson(signed['signatures'] as JsonObject)
  assert.match(text, /^\{"__proto__":\{"ed25519:1":"theirs"\},"constructor":\{"ed25519:1":"[^"]{86}"\}\}$/)
})
