import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedPdu } from '../../tests/story/signed-pdu.ts'
import { canonicalJson, type JsonObject, parseJson } from '../canonical-json/index.ts'
import { nodeCrypto } from '../crypto/index.ts'
import { roomVersions, rulesOf } from '../room-version/index.ts'
import { PduError, type PduErrorKind } from './pdu-error.ts'
import { hasLongKeys, readPdu } from './read-pdu.ts'

const all = [...roomVersions.keys()]

/** Asserts why something is no event. */
function refuses(
  input: string | Uint8Array | JsonObject,
  version: string,
  kind: PduErrorKind,
  message: string | RegExp,
) {
  assert.throws(
    () => readPdu(input, rulesOf(version), nodeCrypto),
    (error: unknown) => {
      assert.ok(error instanceof PduError, String(error))
      assert.equal(error.kind, kind)
      if (typeof message === 'string') assert.equal(error.message, message)
      else assert.match(error.message, message)
      const errcode = { 'not-json': 'M_NOT_JSON', malformed: 'M_BAD_JSON', 'too-large': 'M_TOO_LARGE' }[kind]
      assert.equal(error.errcode, errcode)
      return true
    },
    `version ${version}`,
  )
}

/** A well-formed event with keys replaced; `undefined` takes a key away. */
const changed = (version: string, changes: Record<string, unknown>): JsonObject =>
  ({ ...signedPdu(rulesOf(version)), ...changes }) as JsonObject

test('what is no JSON is refused', () => {
  for (const version of all) {
    for (const text of ['', '{', 'x', '{"a":01}', "{'a':1}"]) refuses(text, version, 'not-json', /./)
    refuses(Buffer.from([0x7b, 0xff, 0x7d]), version, 'not-json', 'the bytes are not UTF-8')
  }
})

test('JSON that servers might read differently is refused', () => {
  for (const version of all)
    for (const text of ['{"a":1,"a":2}', '{"a":"\\ud800"}', '['.repeat(600) + ']'.repeat(600)])
      refuses(text, version, 'malformed', /./)
})

test('JSON that is no object is refused', () => {
  for (const version of all)
    for (const text of ['null', '[]', '7', '"x"']) refuses(text, version, 'malformed', 'the event is not a JSON object')
})

const rows: readonly (readonly [key: string, values: readonly unknown[], message: string])[] = [
  ['type', [undefined, null, 7, ['x']], 'type is not a string'],
  ['state_key', [null, 7, {}], 'state_key is not a string'],
  ['sender', [undefined, null, 7], 'sender is not a string'],
  ['sender', ['', 'ann', '@ann', '@ann:', 'ann:a', '@ann:a b', '#ann:a'], 'sender is not a user ID'],
  ['room_id', [undefined, null, 7], 'room_id is not a string'],
  ['room_id', ['', 'room:a', '!', '@room:a', '!room:', '!room:a b'], 'room_id is not a room ID'],
  ['content', [undefined, null, 'x', [], 7], 'content is not an object'],
  ['hashes', [undefined, null, 'x', [], {}, { sha256: 7 }, { sha1: 'x' }], 'hashes.sha256 is not a string'],
  ['signatures', [undefined, null, 'x', []], 'signatures is not an object'],
  ['signatures', [{ a: null }, { a: 'x' }, { a: [] }], 'signatures of a server are not an object'],
  ['signatures', [{ a: { 'ed25519:1': 7 } }, { a: { x: null } }], 'a signature is not a string'],
  ['unsigned', [null, 'x', [], 7], 'unsigned is not an object'],
  ['origin_server_ts', [undefined, null, '7', {}], 'origin_server_ts is not an integer'],
  ['depth', [undefined, null, '7', []], 'depth is not an integer'],
  ['prev_events', [undefined, null, {}, '$x'], 'prev_events is not an array'],
  ['auth_events', [undefined, null, {}, '$x'], 'auth_events is not an array'],
]

for (const [key, values, message] of rows)
  test(`refused: ${message}`, () => {
    for (const version of all)
      for (const value of values) refuses(changed(version, { [key]: value }), version, 'malformed', message)
  })

test('until version 2 an event needs an event_id with a server name', () => {
  for (const version of ['1', '2']) {
    for (const event_id of [undefined, null, 7])
      refuses(changed(version, { event_id }), version, 'malformed', 'event_id is not a string')
    for (const event_id of ['', '$', 'x:a', '$x', '$x:', '!x:a', '$x:a b'])
      refuses(changed(version, { event_id }), version, 'malformed', 'event_id is not an event ID')
  }
})

test('until version 2 events are named by pairs of ID and hashes', () => {
  const message = 'prev_events has an entry that is no pair of event ID and hashes'
  for (const version of ['1', '2']) {
    for (const entry of ['$x:a', null, [], ['$x:a'], ['$x:a', null], ['$x:a', 'x'], ['$x:a', {}, {}], { 0: '$x:a' }])
      refuses(changed(version, { prev_events: [entry] }), version, 'malformed', message)
    for (const id of [7, null, 'x:a', '$', ''])
      refuses(
        changed(version, { auth_events: [[id, {}]] }),
        version,
        'malformed',
        'auth_events names something that is no event ID',
      )
  }
})

test('since version 3 events are named by plain IDs', () => {
  for (const version of all.slice(2))
    for (const entry of [['$x', { sha256: 'x' }], 7, null, '', '$', 'x', '!x'])
      refuses(
        changed(version, { prev_events: [entry] }),
        version,
        'malformed',
        'prev_events names something that is no event ID',
      )
})

test('a depth is not negative, and at most 2^63 - 1 until version 5, 2^53 - 1 since 6', () => {
  for (const version of all) {
    const most = Number(version) < 6 ? 2n ** 63n - 1n : 2n ** 53n - 1n
    refuses(changed(version, { depth: -1 }), version, 'malformed', `depth is not between 0 and ${most}`)
    for (const depth of [0, Number.MAX_SAFE_INTEGER]) readPdu(changed(version, { depth }), rulesOf(version), nodeCrypto)
  }
  const text = (depth: bigint) => canonicalJson(changed('5', { depth }))
  assert.equal(readPdu(text(2n ** 63n - 1n), rulesOf('5'), nodeCrypto).event.depth, 2n ** 63n - 1n)
  refuses(text(2n ** 63n), '5', 'malformed', /depth is not between/)
  refuses(canonicalJson(changed('6', { depth: 2n ** 53n })), '6', 'malformed', /beyond/)
})

test('times and depths are integers, until version 5 too', () => {
  const numbers = parseJson('{"a":1.5,"b":1e400}', { mode: 'lenient' }) as JsonObject
  for (const value of Object.values(numbers)) {
    refuses(changed('5', { depth: value }), '5', 'malformed', 'depth is not an integer')
    refuses(changed('5', { origin_server_ts: value }), '5', 'malformed', 'origin_server_ts is not an integer')
  }
  readPdu(changed('5', { origin_server_ts: -(2n ** 63n) }), rulesOf('5'), nodeCrypto)
  refuses(changed('5', { origin_server_ts: 2n ** 63n }), '5', 'malformed', /origin_server_ts is not between/)
})

/** A text of so many bytes: two to each `é`. */
const bytes = (count: number) => 'é'.repeat(Math.floor(count / 2)) + 'x'.repeat(count % 2)

const keys: readonly (readonly [key: string, prefix: string, suffix: string])[] = [
  ['type', '', ''],
  ['state_key', '', ''],
  ['sender', '@', ':a'],
  ['room_id', '!', ':a'],
]

for (const [key, prefix, suffix] of keys)
  test(`${key} may have 255 bytes and not one more, however few characters these are`, () => {
    const value = (length: number) => prefix + bytes(length - prefix.length - suffix.length) + suffix
    for (const version of all) {
      readPdu(changed(version, { [key]: value(255) }), rulesOf(version), nodeCrypto)
      const message = `${key} is longer than 255 bytes`
      refuses(changed(version, { [key]: value(256) }), version, 'too-large', message)
    }
  })

for (const key of ['type', 'state_key'] as const)
  test(`where it is asked for, ${key} may have more bytes until version 10, and not more than 255 characters`, () => {
    const read = (version: string, value: string) =>
      readPdu(changed(version, { [key]: value }), rulesOf(version), nodeCrypto, { longKeys: true }).event
    for (const version of all.slice(0, 10)) {
      assert.equal(hasLongKeys(read(version, '💥'.repeat(255))), true)
      assert.equal(hasLongKeys(read(version, 'x'.repeat(255))), false)
      assert.throws(() => read(version, '💥'.repeat(256)), PduError)
      assert.throws(() => read(version, 'x'.repeat(256)), PduError)
    }
    for (const version of all.slice(10)) assert.throws(() => read(version, '💥'.repeat(255)), PduError)
  })

test('event_id may have 255 bytes and not one more until version 2; since 3 a long one is ignored like any other', () => {
  const id = (length: number) => `$${bytes(length - 3)}:a`
  for (const version of ['1', '2']) {
    readPdu(changed(version, { event_id: id(255) }), rulesOf(version), nodeCrypto)
    refuses(changed(version, { event_id: id(256) }), version, 'too-large', 'event_id is longer than 255 bytes')
  }
  readPdu(changed('3', { event_id: id(256) }), rulesOf('3'), nodeCrypto)
})

test('a name of another event may have 255 bytes and not one more', () => {
  for (const version of ['2', '11']) {
    const name = (id: string) => (version === '2' ? [id, {}] : id)
    readPdu(changed(version, { prev_events: [name(`$${bytes(254)}`)] }), rulesOf(version), nodeCrypto)
    refuses(changed(version, { prev_events: [name(`$${bytes(255)}`)] }), version, 'malformed', /no event ID/)
  }
})

test('a message never repeats much of what was received', () => {
  const long = 'x'.repeat(50_000)
  refuses(long, '11', 'not-json', /^.{1,200}$/s)
  for (const text of [`{"${long}":1,"${long}":2}`, `{"a":${'9'.repeat(1000)}}`])
    refuses(text, '11', 'malformed', /^.{1,200}$/s)
  refuses(changed('11', { sender: `@${long}:a` }), '11', 'too-large', /^.{1,200}$/s)
})

test('keys that nobody knows are left where they are', () => {
  const json = changed('11', { 'org.example.more': { x: [1] }, prev_state: [], constructor: 'x' })
  const { event, contentHashMatches } = readPdu(json, rulesOf('11'), nodeCrypto)
  assert.deepEqual(event.json['org.example.more'], { x: [1] })
  assert.equal(contentHashMatches, false, 'they are part of what is hashed')
})
