import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  algorithmOf,
  belongsTo,
  fitsInBytes,
  isEventId,
  isEventIdOfFormat,
  isEventType,
  isKeyId,
  isNewUserId,
  isRoomAlias,
  isRoomId,
  isRoomIdOfForm,
  isStateKey,
  isUserId,
  localpartOf,
  newKeyId,
  newUserId,
  parseEventId,
  parseKeyId,
  parseRoomAlias,
  parseRoomId,
  parseUserId,
  type RoomAlias,
  type RoomId,
  type ServerName,
  serverNameInEventId,
  serverNameInRoomId,
  serverNameOf,
  serverNameOfAlias,
  type UserId,
  utf8Length,
} from './index.ts'

const hash = 'Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg'
const standardHash = 'acR1l0raoZnm60CBwAVgqbZqoO/mYU81xysh1u7XcJk'

test('user IDs are accepted by the historical grammar', () => {
  for (const id of ['@a:b', '@:b', '@A B!:b', '@é\u0001:b', '@😀:b:8448', '@a:[::1]:8448', '@@a:b'])
    assert.ok(isUserId(id), id)
})

test('what has no sigil, no colon, NUL, half a character or a bad server name is no user ID', () => {
  for (const id of ['', '@', '@a', 'a:b', '!a:b', '@a:', '@a\0:b', '@\ud800:b', '@a:b c', '@a:b:c', '@a:b\0'])
    assert.ok(!isUserId(id), JSON.stringify(id))
  for (const value of [undefined, null, 1, {}]) assert.ok(!isUserId(value))
})

test('the limit of 255 counts bytes, sigil and server name included', () => {
  assert.ok(isUserId(`@${'a'.repeat(252)}:b`))
  assert.ok(!isUserId(`@${'a'.repeat(253)}:b`))
  assert.ok(isUserId(`@${'é'.repeat(126)}:b`))
  assert.ok(!isUserId(`@${'é'.repeat(127)}:b`))
  assert.ok(!isUserId(`@${'😀'.repeat(64)}:b`))
})

test('new users must keep to the strict grammar', () => {
  assert.equal(newUserId('a.b_c=d-e/f+0', 'example.org' as ServerName), '@a.b_c=d-e/f+0:example.org')
  for (const localpart of ['', 'A', 'é', 'a b', 'a:b', 'a\n', 'a'.repeat(250)])
    assert.equal(newUserId(localpart, 'example.org' as ServerName), undefined, localpart)
  assert.ok(!isNewUserId('@A:b'))
})

test('a user ID falls into localpart and server name at the first colon', () => {
  const user = parseUserId('@a:b:8448') as UserId
  assert.equal(localpartOf(user), 'a')
  assert.equal(serverNameOf(user), 'b:8448')
  assert.ok(belongsTo(user, 'b:8448' as ServerName))
  assert.ok(!belongsTo(user, '8448' as ServerName))
  assert.ok(!belongsTo(user, 'B:8448' as ServerName))
})

test('room IDs have a server name, or since version 12 none', () => {
  assert.ok(isRoomId('!a:b'))
  assert.ok(isRoomId(`!${hash}`))
  for (const id of ['!', '!a:', '!a:b c', '#a:b', '!a\0', `!${'a'.repeat(255)}`]) assert.ok(!isRoomId(id), id)
})

test('a room version admits one form of room ID', () => {
  assert.ok(isRoomIdOfForm('!a:b', 'domain'))
  assert.ok(!isRoomIdOfForm(`!${hash}`, 'domain'))
  assert.ok(isRoomIdOfForm(`!${hash}`, 'create-event-hash'))
  assert.ok(!isRoomIdOfForm('!a:b', 'create-event-hash'))
  assert.ok(!isRoomIdOfForm(`!${hash}a`, 'create-event-hash'))
  assert.ok(!isRoomIdOfForm(`!${standardHash}`, 'create-event-hash'))
  assert.ok(!isRoomIdOfForm(`$${hash}`, 'create-event-hash'))
})

test('a room ID may say where it was made', () => {
  assert.equal(serverNameInRoomId(parseRoomId('!a:b:80') as RoomId), 'b:80')
  assert.equal(serverNameInRoomId(parseRoomId(`!${hash}`) as RoomId), undefined)
})

test('event IDs have three formats, of which a room version admits one', () => {
  const ids = { field: '$a/b:example.org', hash: `$${standardHash}`, 'url-safe-hash': `$${hash}` } as const
  for (const [ofFormat, id] of Object.entries(ids)) {
    assert.ok(isEventId(id))
    for (const format of ['field', 'hash', 'url-safe-hash'] as const)
      assert.equal(isEventIdOfFormat(id, format), format === ofFormat, `${id} ${format}`)
  }
  for (const id of ['$', 'a', '$a\0', `$${'a'.repeat(255)}`, 1]) assert.equal(parseEventId(id), undefined)
  assert.ok(!isEventIdOfFormat('$a:b c', 'field'))
  assert.ok(!isEventIdOfFormat(`$${hash}=`, 'url-safe-hash'))
})

test('an event ID of versions 1 and 2 names a server', () => {
  assert.equal(serverNameInEventId(parseEventId('$a:b:80') ?? assert.fail()), 'b:80')
  assert.equal(serverNameInEventId(parseEventId(`$${hash}`) ?? assert.fail()), undefined)
})

test('room aliases have a localpart and a server to ask', () => {
  assert.equal(serverNameOfAlias(parseRoomAlias('#raum für alle:b') as RoomAlias), 'b')
  for (const alias of ['#a', '@a:b', '#a\0:b', `#${'a'.repeat(253)}:b`, '#a:b/c']) assert.ok(!isRoomAlias(alias), alias)
})

test('key IDs have something on both sides of the colon; ours keep to the grammar', () => {
  assert.equal(algorithmOf(parseKeyId('ed25519:a_1') ?? assert.fail()), 'ed25519')
  assert.ok(isKeyId('curve25519:x/y'))
  for (const id of ['ed25519', 'ed25519:', ':a', '', `ed25519:${'a'.repeat(250)}`, null]) assert.ok(!isKeyId(id))
  assert.equal(newKeyId('a_1'), 'ed25519:a_1')
  assert.equal(newKeyId('a-1'), undefined)
  assert.equal(newKeyId(''), undefined)
})

test('types and state keys are limited to 255 bytes and may be empty', () => {
  for (const isValid of [isEventType, isStateKey]) {
    assert.ok(isValid(''))
    assert.ok(isValid('é'.repeat(127)))
    assert.ok(!isValid('é'.repeat(128)))
    assert.ok(!isValid('\udc00'))
    assert.ok(!isValid(undefined))
  }
})

test('lengths in bytes are those of the encoding, whatever the characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(300), (text, limit) => {
      const bytes = new TextEncoder().encode(text).length
      assert.equal(utf8Length(text), bytes)
      assert.equal(fitsInBytes(text, limit), bytes <= limit)
    }),
  )
})
