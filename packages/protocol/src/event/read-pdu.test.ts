import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedPdu } from '../../tests/story/signed-pdu.ts'
import { canonicalJson, type JsonObject, parseJson } from '../canonical-json/index.ts'
import { nodeCrypto } from '../crypto/index.ts'
import { isEventIdOfFormat } from '../identifiers/index.ts'
import { roomVersions, rulesOf } from '../room-version/index.ts'
import { contentHash, eventIdOfHash, referenceHash } from './hashes.ts'
import { maxEventBytes } from './limits.ts'
import { PduError } from './pdu-error.ts'
import { readPdu, readStoredPdu } from './read-pdu.ts'
import type { RoomEvent } from './room-event.ts'

const all = [...roomVersions.keys()]
const read = (version: string, changes: Record<string, unknown> = {}) =>
  readPdu(signedPdu(rulesOf(version), changes), rulesOf(version), nodeCrypto)

test('an event is read in all versions, from text, bytes and object alike', () => {
  for (const [version, rules] of roomVersions) {
    const json = signedPdu(rules, { state_key: 'x', type: 'm.room.topic' })
    const text = canonicalJson(json)
    const found = [json, text, Buffer.from(text), ` ${text}\n`].map(input => readPdu(input, rules, nodeCrypto))
    for (const { event, contentHashMatches } of found) {
      assert.equal(contentHashMatches, true)
      assert.deepEqual(
        [event.type, event.stateKey, event.sender, event.roomId, event.originServerTs, event.depth],
        ['m.room.topic', 'x', '@ann:a', '!room:a', 1_000_000, 3],
      )
      assert.deepEqual([event.prevEvents, event.authEvents], [['$before:a'], []], version)
      assert.equal(event.eventId, found[0]?.event.eventId)
      assert.equal(canonicalJson(event.json), text)
    }
  }
})

test('an event that is no state event has no state key, one with an empty key has', () => {
  assert.equal(read('11').event.stateKey, undefined)
  assert.equal(read('11', { state_key: '' }).event.stateKey, '')
})

test('the event ID is the field until version 2, the reference hash since 3', () => {
  for (const [version, rules] of roomVersions) {
    const json = signedPdu(rules)
    const { event } = readPdu(json, rules, nodeCrypto)
    assert.ok(isEventIdOfFormat(event.eventId, rules.format.eventId), version)
    const hashed = eventIdOfHash(referenceHash(json, rules, nodeCrypto), rules)
    assert.equal(event.eventId, Number(version) < 3 ? '$this:a' : hashed)
  }
})

test('since version 3 an event_id on the wire is ignored, and gone before anything is hashed', () => {
  for (const version of all.slice(2)) {
    const rules = rulesOf(version)
    const json = signedPdu(rules)
    for (const event_id of ['$forged:a', 7, null]) {
      const { event, contentHashMatches } = readPdu({ ...json, event_id }, rules, nodeCrypto)
      assert.equal(event.eventId, readPdu(json, rules, nodeCrypto).event.eventId, version)
      assert.equal(contentHashMatches, true)
      assert.equal('event_id' in event.json, false)
    }
  }
})

test('in version 12 the room ID of a create event is its own hash', () => {
  const rules = rulesOf('12')
  const json = signedPdu(rules, { type: 'm.room.create', state_key: '', room_id: undefined, prev_events: [] })
  const { event } = readPdu(json, rules, nodeCrypto)
  assert.equal(event.roomId, `!${event.eventId.slice(1)}`)
  // Whether it may have one of its own is a rule about what is allowed, not about the form.
  const own = { ...json, room_id: '!other:a' }
  assert.match(readPdu(own, rules, nodeCrypto).event.roomId, /^![A-Za-z0-9_-]{43}$/)
})

test('content that is not what was hashed is told, and the event read all the same', () => {
  for (const [version, rules] of roomVersions) {
    const json = { ...signedPdu(rules), content: { body: 'changed' } }
    const { event, contentHashMatches } = readPdu(json, rules, nodeCrypto)
    assert.equal(contentHashMatches, false, version)
    assert.deepEqual({ ...event.redacted().content }, {})
    // The content of a message is not in the reference hash.
    assert.equal(event.eventId, read(version).event.eventId)
  }
})

test('a content hash may be padded; one in other base64 or cut short does not match', () => {
  const rules = rulesOf('11')
  const json = signedPdu(rules)
  const hash = contentHash(json, nodeCrypto)
  const matches = (sha256: string) => readPdu({ ...json, hashes: { sha256 } }, rules, nodeCrypto).contentHashMatches
  assert.equal(matches(`${hash}=`), true)
  for (const other of ['', hash.slice(1), `${hash}x`, hash.toLowerCase()]) assert.equal(matches(other), false)
})

test('redactions name their target at the top until version 10, in content since 11', () => {
  for (const version of all) {
    const top = read(version, { type: 'm.room.redaction', redacts: '$x' }).event.redacts
    const inContent = read(version, { type: 'm.room.redaction', content: { redacts: '$x' } }).event.redacts
    assert.deepEqual([top, inContent], Number(version) >= 11 ? [undefined, '$x'] : ['$x', undefined], version)
  }
})

test('until version 5 numbers beyond canonical JSON come through with every digit, since 6 they are refused', () => {
  const text = '{"a":1.50,"b":9007199254740993,"c":1e400}'
  const content = parseJson(text, { mode: 'lenient' })
  for (const version of all.slice(0, 5)) {
    const { event, contentHashMatches } = read(version, { content })
    assert.equal(canonicalJson(event.content), text)
    assert.equal(contentHashMatches, true)
    const again = readPdu(canonicalJson(event.json), rulesOf(version), nodeCrypto)
    assert.deepEqual([again.event.eventId, again.contentHashMatches], [event.eventId, true])
  }
  for (const version of all.slice(5))
    for (const number of ['1.5', '1.0', '1e3', '-0', '9007199254740992'])
      assert.throws(
        () => readPdu(`{"content":{"x":${number}}}`, rulesOf(version), nodeCrypto),
        (error: unknown) => error instanceof PduError && error.kind === 'malformed' && error.errcode === 'M_BAD_JSON',
      )
})

/** An event that is exactly so many bytes as canonical JSON. */
function eventOf(version: string, bytes: number, more: Record<string, unknown> = {}, filler = 'x'): JsonObject {
  const rules = rulesOf(version)
  const size = (json: JsonObject) => Buffer.byteLength(canonicalJson(json))
  const empty = size(signedPdu(rules, { content: { body: '' }, ...more }))
  const width = Buffer.byteLength(filler)
  const body = filler.repeat(Math.floor((bytes - empty) / width)) + 'x'.repeat((bytes - empty) % width)
  const json = signedPdu(rules, { content: { body }, ...more })
  assert.equal(size(json), bytes)
  return json
}

const isTooLarge = (error: unknown) =>
  error instanceof PduError && error.kind === 'too-large' && error.errcode === 'M_TOO_LARGE'

test('an event may have 65,536 bytes, signatures, unsigned and all, and not one more', () => {
  assert.equal(maxEventBytes, 65_536)
  for (const version of ['1', '3', '6', '12'])
    for (const [more, filler] of [
      [{}, 'x'],
      [{}, '🙂'],
      [{ unsigned: { age: 7, x: 'y'.repeat(1000) } }, 'x'],
    ] as const) {
      const rules = rulesOf(version)
      readPdu(eventOf(version, 65_536, more, filler), rules, nodeCrypto)
      const larger = eventOf(version, 65_537, more, filler)
      assert.throws(() => readPdu(larger, rules, nodeCrypto), isTooLarge)
      assert.throws(() => readPdu(larger, rules, nodeCrypto), /the event has 65537 bytes, more than 65536/)
    }
})

test('white space does not count, nor does what the event must not have', () => {
  const rules = rulesOf('11')
  const json = eventOf('11', 65_536)
  readPdu(JSON.stringify(json, null, 4), rules, nodeCrypto)
  readPdu({ ...json, event_id: '$ignored:a' }, rules, nodeCrypto)
})

test('each signature counts to the size', () => {
  const rules = rulesOf('11')
  const json = eventOf('11', 65_536)
  const signatures = { ...(json['signatures'] as JsonObject), b: { 'ed25519:1': '' } }
  assert.throws(() => readPdu({ ...json, signatures }, rules, nodeCrypto), isTooLarge)
})

test('more than 20 prev events or 10 auth events are accepted in answers to /backfill only', () => {
  for (const version of ['2', '11']) {
    const rules = rulesOf(version)
    const ids = (count: number) =>
      Array.from({ length: count }, (_, i) => (version === '2' ? [`$${i}:a`, { sha256: '' }] : `$${i}`))
    for (const [name, most] of [
      ['prev_events', 20],
      ['auth_events', 10],
    ] as const) {
      read(version, { [name]: ids(most) })
      const more = signedPdu(rules, { [name]: ids(most + 1) })
      assert.throws(
        () => readPdu(more, rules, nodeCrypto),
        new RegExp(`${name} has ${most + 1} entries, more than ${most}`),
      )
      const { event } = readPdu(more, rules, nodeCrypto, { referenceLimits: false })
      assert.equal((name === 'prev_events' ? event.prevEvents : event.authEvents).length, most + 1)
    }
  }
})

test('an event that is kept as text is the event that was read', () => {
  for (const [version, rules] of roomVersions) {
    const pdu = signedPdu(rules, { state_key: 'x', content: { a: { b: ['ü', null, 1] } }, unsigned: { age: 1 } })
    const [event, kept] = [1, 2].map(() => readPdu(canonicalJson(pdu), rules, nodeCrypto).event) as [
      RoomEvent,
      RoomEvent,
    ]
    kept.keepAsText()
    kept.keepAsText()
    assert.deepEqual({ ...kept }, { ...event }, version)
    assert.deepEqual(kept.json, event.json)
    assert.deepEqual([kept.canonicalText, kept.signedText], [canonicalJson(event.json), event.signedText])
    assert.deepEqual(kept.redacted().json, event.redacted().json)
  }
})

test('an event out of our own store is the event that was read', () => {
  for (const [version, rules] of roomVersions) {
    const { event } = readPdu(canonicalJson(signedPdu(rules, { state_key: 'x' })), rules, nodeCrypto)
    const stored = readStoredPdu(event.canonicalText, event.eventId, rules)
    assert.deepEqual({ ...stored }, { ...event }, version)
    assert.equal(stored.signedText, event.signedText)
    assert.equal(canonicalJson(stored.json), canonicalJson(event.json))
  }
  const manyEvents = signedPdu(rulesOf('11'), { prev_events: Array.from({ length: 30 }, (_, i) => `$${i}`) })
  const { event } = readPdu(manyEvents, rulesOf('11'), nodeCrypto, { referenceLimits: false })
  assert.equal(readStoredPdu(event.canonicalText, event.eventId, event.rules).prevEvents.length, 30)
})
