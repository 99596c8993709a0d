// The authorisation rules of the second opinion in small rooms written by hand: levels, aliases, redactions.
// Follows: rooms/v1 to v12, "Authorisation rules" and "Redactions"; appendices, "Historical User IDs".

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, busyRoom, carol, dan, roomByAlice } from './hand-written-room.ts'
import type { Json } from './index.ts'
import { redact } from './index.ts'
import type { Outcome } from './plain-room.ts'
import { readLevel } from './power-levels.ts'
import { isUserId } from './types.ts'

const allowed = (outcome: Outcome): void => assert.deepEqual(outcome.verdict, { allowed: true })
const refused = (outcome: Outcome, rule: string): void =>
  assert.equal(outcome.verdict.allowed ? 'allowed' : outcome.verdict.rule, rule)

/** A number as the token-level parser keeps it. */
class RawNumber {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}
const raw = (source: string): Json => new RawNumber(source) as unknown as Json

// Power

test('without power levels the creator has 100, others 0, and state asks for 50', () => {
  for (const version of ['1', '11', '12']) {
    const room = roomByAlice(version)
    room.joinRule('public')
    room.member(bob, 'join')
    allowed(room.message(bob))
    refused(room.send({ type: 'm.room.topic', sender: bob, stateKey: '' }), version === '11' ? '7' : '8')
    allowed(room.send({ type: 'm.room.topic', sender: alice, stateKey: '' }))
  }
})
test("nobody sends state under another's user ID, whatever the power", () => {
  const room = busyRoom('12')
  refused(room.send({ type: 'com.example', sender: alice, stateKey: bob }), '9')
  allowed(room.send({ type: 'com.example', sender: bob, stateKey: bob }))
})
test('levels are read from strings up to version 9', () => {
  for (const [text, level] of [
    [' +00100 ', 100n],
    ['-001', -1n],
    ['0050', 50n],
    ['\t7\n', 7n],
  ] as const) {
    assert.equal(readLevel('9', text), level)
    assert.equal(readLevel('10', text), undefined)
  }
  for (const text of ['', ' ', '5x', '1.0', '1e3', '0x10', '+-1', '1 2', '--1', 'NaN', '1_000'])
    assert.equal(readLevel('1', text), undefined, text)
})
test('fractions and exponents are truncated up to version 5 and no levels after it', () => {
  for (const [source, level] of [
    ['50.57', 50n],
    ['-50.57', -50n],
    ['5.114698E4', 51146n],
    ['1e3', 1000n],
    ['0.00012e5', 12n],
    ['-0.5', 0n],
    ['1e-400', 0n],
    ['9007199254740993', 9_007_199_254_740_993n],
  ] as const) {
    assert.equal(readLevel('5', raw(source)), level, source)
    assert.equal(readLevel('6', raw(source)), undefined, source)
  }
  assert.equal(readLevel('5', raw('1e309')), undefined)
  refused(busyRoom('5').powerLevels({ ban: raw('1e309') }), 'floaty')
  refused(busyRoom('5').powerLevels({ users: { [alice]: raw('-1e309') } }), '10.1')
})
test('a string counts as the level it stands for when changes are looked for', () => {
  const room = busyRoom('9', { events: { 'm.room.power_levels': 50 }, ban: 75 })
  const same = { users: { [alice]: '100', [bob]: '0050' }, events: { 'm.room.power_levels': ' 50' }, ban: '+75' }
  allowed(room.powerLevels(same, bob))
  refused(room.powerLevels({ ...same, ban: 50 }, bob), '9.3.1')
})
test('since version 10 all levels have to be integers, before it only those of users', () => {
  refused(busyRoom('10').powerLevels({ ban: '50' }), '9.1')
  refused(busyRoom('10').powerLevels({ events: { a: '50' } }), '9.2')
  refused(busyRoom('10').powerLevels({ notifications: [] }), '9.2')
  refused(busyRoom('10').powerLevels({ users: { [bob]: '50' } }), '9.3')
  allowed(busyRoom('9').powerLevels({ ban: 'much', events: [], notifications: 'x', users: { [alice]: 100 } }))
  refused(busyRoom('9').powerLevels({ users: { [bob]: 'much' } }), '9.1')
  refused(busyRoom('9').powerLevels({ users: null }), '9.1')
})
test('even the first power levels have to be well-formed, and are then allowed as they are', () => {
  refused(roomByAlice('6').powerLevels({ users: { bob: 1 } }), '9.1')
  allowed(roomByAlice('6').powerLevels({ users: { [bob]: 9000 }, ban: 9000 }))
  allowed(roomByAlice('6').powerLevels({ users: { '@:two.example': 1, '@Bob Ü:two.example': 2 } }))
})
test('changes of notifications are checked since version 6', () => {
  const change = (version: string) => {
    const users = version === '12' ? { [bob]: 50 } : { [alice]: 100, [bob]: 50 }
    const content = { users, events: { 'm.room.power_levels': 50 } }
    return busyRoom(version, content).powerLevels({ ...content, notifications: { room: 75 } }, bob)
  }
  allowed(change('5'))
  refused(change('6'), '9.5.1')
  refused(change('12'), '10.8.1')
})
test('users at or above the sender are not touched, other levels only when above', () => {
  const events = { 'm.room.power_levels': 50, 'm.room.name': 50, 'm.room.topic': 51 }
  const content = { users: { [alice]: 50, [bob]: 50, [carol]: 49 }, events }
  const change = (more: { [key: string]: Json }) => busyRoom('11', content).powerLevels({ ...content, ...more }, bob)
  refused(change({ users: { ...content.users, [alice]: 49 } }), '9.8.1')
  allowed(change({ users: { ...content.users, [bob]: 0 } }))
  allowed(change({ users: { [alice]: 50, [bob]: 50 } }))
  refused(change({ users: { ...content.users, [carol]: 51 } }), '9.9.1')
  allowed(change({ events: { ...events, 'm.room.name': 0 } }))
  refused(change({ events: { ...events, 'm.room.topic': 0 } }), '9.6.1')
  refused(change({ events: { ...events, 'm.room.name': 51 } }), '9.7.1')
  refused(change({ kick: 51 }), '9.5.2')
  allowed(change({ kick: 50 }))
})
test('creators of version 12 outrank every integer, cannot be listed, and cannot kick each other', () => {
  const room = roomByAlice('12', { additional_creators: [bob] })
  room.joinRule('public')
  for (const userId of [bob, carol]) room.member(userId, 'join')
  refused(room.powerLevels({ users: { [bob]: 100 } }), '10.4')
  refused(room.powerLevels({ users: { [alice]: 100 } }), '10.4')
  allowed(room.powerLevels({ users: { [carol]: Number.MAX_SAFE_INTEGER }, kick: Number.MAX_SAFE_INTEGER }))
  refused(room.member(carol, 'leave', alice), '5.5.5')
  refused(room.member(alice, 'leave', bob), '5.5.5')
  refused(room.member(bob, 'ban', alice), '5.6.3')
  allowed(room.powerLevels({ users: { [carol]: 5 }, kick: 0 }, bob))
  allowed(room.member(bob, 'leave', carol))
})

// Aliases and redactions

test("up to version 5 a server's aliases need no membership, since version 6 they are state like any other", () => {
  const aliases = { type: 'm.room.aliases', sender: dan, stateKey: 'one.example' }
  allowed(busyRoom('5').send(aliases))
  refused(busyRoom('5').send({ ...aliases, stateKey: 'two.example' }), '4.2')
  refused(busyRoom('5').send({ type: 'm.room.aliases', sender: dan }), '4.1')
  refused(busyRoom('6').send(aliases), '5')
})
test('up to version 2 a redaction asks for the redact level or an event of the same domain', () => {
  const redaction = (version: string, redacts: string) =>
    busyRoom(version).send({ type: 'm.room.redaction', sender: carol, redacts })
  refused(redaction('2', '$0:one.example'), '11.3')
  allowed(redaction('2', '$5:three.example'))
  allowed(redaction('3', '$0:one.example'))
  allowed(busyRoom('1').send({ type: 'm.room.redaction', sender: bob, redacts: '$0:one.example' }))
})
test('redaction keeps what the room version says', () => {
  const pdu = (type: string, content: { [key: string]: Json }) => {
    return { type, content, origin: 'one.example', membership: 'join', prev_state: [], unsigned: {}, redacts: '$x' }
  }
  const keptTop = { origin: 'one.example', membership: 'join', prev_state: [] }
  const rules = pdu('m.room.join_rules', { join_rule: 'restricted', allow: [], x: 1 })
  assert.deepEqual(redact('7', rules), { type: rules.type, ...keptTop, content: { join_rule: 'restricted' } })
  assert.deepEqual(redact('8', rules).content, { join_rule: 'restricted', allow: [] })
  assert.deepEqual(redact('11', rules), { type: rules.type, content: { join_rule: 'restricted', allow: [] } })
  const member = pdu('m.room.member', {
    membership: 'join',
    join_authorised_via_users_server: alice,
    third_party_invite: { signed: {}, display_name: 'x' },
  })
  assert.deepEqual(redact('8', member).content, { membership: 'join' })
  assert.deepEqual(redact('10', member).content, { membership: 'join', join_authorised_via_users_server: alice })
  assert.deepEqual(redact('11', member).content, { ...member.content, third_party_invite: { signed: {} } })
  assert.deepEqual(redact('5', pdu('m.room.aliases', { aliases: [], x: 1 })).content, { aliases: [] })
  assert.deepEqual(redact('6', pdu('m.room.aliases', { aliases: [] })).content, {})
  assert.deepEqual(redact('10', pdu('m.room.create', { creator: alice, room_version: '10' })).content, {
    creator: alice,
  })
  assert.deepEqual(redact('11', pdu('m.room.create', { room_version: '11' })).content, { room_version: '11' })
  assert.deepEqual(redact('10', pdu('m.room.power_levels', { invite: 1, ban: 1 })).content, { ban: 1 })
  assert.deepEqual(redact('11', pdu('m.room.power_levels', { invite: 1, ban: 1 })).content, { invite: 1, ban: 1 })
  assert.deepEqual(redact('11', pdu('m.room.redaction', { redacts: '$x', reason: 'y' })).content, { redacts: '$x' })
})
test('user IDs follow the historical grammar', () => {
  for (const good of ['@:a', '@a:b.example:8448', '@A b"Ü\u0001:[::1]:1', '@😀:1.2.3.4'])
    assert.ok(isUserId(good), good)
  for (const bad of ['a:b', '@a', '@a:', '@a\0:b', '@\ud800:b', '@a:b c', '@a:b:x', `@a:${'b'.repeat(253)}`, 1, null])
    assert.ok(!isUserId(bad), `${bad}`)
})
