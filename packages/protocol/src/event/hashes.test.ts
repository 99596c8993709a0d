import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { canonicalJson, type JsonObject } from '../canonical-json/index.ts'
import { nodeCrypto } from '../crypto/index.ts'
import type { EventId, RoomId } from '../identifiers/index.ts'
import { rulesOf } from '../room-version/index.ts'
import {
  contentHash,
  contentHashText,
  createEventIdOf,
  eventIdOfHash,
  eventTexts,
  referenceHash,
  roomIdOfCreate,
  signedText,
} from './hashes.ts'

const message: JsonObject = {
  type: 'm.room.message',
  sender: '@ann:a',
  room_id: '!room:a',
  content: { body: 'Grüße' },
  depth: 3,
  origin_server_ts: 1000,
  origin: 'a',
  prev_events: ['$x'],
  auth_events: [],
  hashes: { sha256: 'abc' },
  signatures: { a: { 'ed25519:1': 'def' } },
  unsigned: { age: 1 },
}

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest()

test('the content hash covers all but unsigned, signatures and hashes, as canonical JSON', () => {
  const text =
    '{"auth_events":[],"content":{"body":"Grüße"},"depth":3,"origin":"a","origin_server_ts":1000,"prev_events":["$x"],' +
    '"room_id":"!room:a","sender":"@ann:a","type":"m.room.message"}'
  assert.equal(contentHashText(message), text)
  assert.equal(contentHash(message, nodeCrypto), sha256(text).toString('base64').replace('=', ''))
})

test('the reference hash covers the redacted event but for unsigned and signatures; its hashes stay', () => {
  const text =
    '{"auth_events":[],"content":{},"depth":3,"hashes":{"sha256":"abc"},"origin":"a","origin_server_ts":1000,' +
    '"prev_events":["$x"],"room_id":"!room:a","sender":"@ann:a","type":"m.room.message"}'
  assert.equal(signedText(message, rulesOf('10')), text)
  assert.equal(signedText(message, rulesOf('11')), text.replace('"origin":"a",', ''))
  for (const version of ['3', '10'])
    assert.deepEqual(Buffer.from(referenceHash(message, rulesOf(version), nodeCrypto)), sha256(text))
})

test('texts that are written together are those that are written one by one', () => {
  const names = JSON.parse('{"__proto__":1,"constructor":{"a":1},"toString":"x","é":2,"hasOwnProperty":null}')
  const join = { ...message, type: 'm.room.member', state_key: '@ann:a' }
  const invite = { signed: { token: 'x' }, display_name: 'Ann' }
  const events: JsonObject[] = [
    message,
    { ...message, ...names, content: names },
    Object.assign(JSON.parse('{"__proto__":{"type":"m.room.create"}}'), message),
    { ...message, content: {}, unsigned: undefined, redacts: '$y' },
    { ...join, content: { membership: 'join', displayname: 'Ann' } },
    { ...join, content: { membership: 'invite', third_party_invite: invite } },
    { ...message, type: 'm.room.create', state_key: '', content: { creator: '@ann:a', 'm.federate': false } },
  ]
  for (const event of events)
    for (const version of ['1', '5', '6', '8', '9', '11', '12'])
      assert.deepEqual(eventTexts(event, rulesOf(version)), {
        canonical: canonicalJson(event),
        hashed: contentHashText(event),
        signed: signedText(event, rulesOf(version)),
      })
})

test('in versions 1 and 2 the event ID is part of both hashes', () => {
  const event = { ...message, event_id: '$id:a' }
  assert.ok(contentHashText(event).includes('"event_id":"$id:a"'))
  assert.ok(signedText(event, rulesOf('1')).includes('"event_id":"$id:a"'))
})

test('event IDs are the hash in standard base64 in version 3, in URL-safe base64 since 4, both unpadded', () => {
  const hash = new Uint8Array(32).fill(0xfb)
  const standard = '+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s'
  assert.equal(eventIdOfHash(hash, rulesOf('3')), `$${standard}`)
  for (const version of ['4', '8', '12'])
    assert.equal(eventIdOfHash(hash, rulesOf(version)), `$${standard.replaceAll('+', '-').replaceAll('/', '_')}`)
})

test('in version 12 the room ID is the create event’s ID with another sigil, both ways', () => {
  assert.equal(roomIdOfCreate('$abc-_' as EventId), '!abc-_')
  assert.equal(createEventIdOf('!abc-_' as RoomId), '$abc-_')
})
