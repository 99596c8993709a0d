// The authorisation rules of the second opinion in small rooms written by hand: creation, auth events,
// membership.
// Follows: rooms/v1 to v12, "Authorisation rules".

import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { alice, bob, busyRoom, carol, dan, HandWrittenRoom, roomByAlice } from './hand-written-room.ts'
import type { Json } from './index.ts'
import { authKeys } from './index.ts'
import type { Outcome } from './plain-room.ts'
import { canonical } from './plain-room.ts'

const allowed = (outcome: Outcome): void => assert.deepEqual(outcome.verdict, { allowed: true })
const refused = (outcome: Outcome, rule: string): void =>
  assert.equal(outcome.verdict.allowed ? 'allowed' : outcome.verdict.rule, rule)

// Creation

test('a create event of version 10 has to name its creator, one of version 11 does not', () => {
  const create = { type: 'm.room.create', sender: alice, stateKey: '' }
  refused(new HandWrittenRoom('10').send(create), '1.4')
  allowed(new HandWrittenRoom('11').send(create))
})
test('a create event of an unknown room version is refused', () => {
  const create = { type: 'm.room.create', sender: alice, stateKey: '' }
  refused(new HandWrittenRoom('11').send({ ...create, content: { room_version: '13' } }), '1.3')
  refused(new HandWrittenRoom('11').send({ ...create, content: { room_version: 11 } }), '1.3')
})
test("before version 12 the room ID has to be of the creator's domain", () => {
  const create = { type: 'm.room.create', sender: bob, stateKey: '', content: { creator: bob } }
  refused(new HandWrittenRoom('6').send(create), '1.2')
})
test('a create event of version 12 with a room ID is refused', () => {
  const create = { type: 'm.room.create', sender: alice, stateKey: '', roomId: '!event-0' }
  refused(new HandWrittenRoom('12').send(create), '1.2')
})
test('additional creators have to be user IDs in version 12 and mean nothing before it', () => {
  const create = (more: Json) => ({
    type: 'm.room.create',
    sender: alice,
    stateKey: '',
    content: { additional_creators: more },
  })
  for (const more of ['@bob:two.example', [1], ['bob'], [`@${'b'.repeat(250)}:two.example`], null])
    refused(new HandWrittenRoom('12').send(create(more)), '1.4')
  allowed(new HandWrittenRoom('12').send(create([bob, '@:two.example', '@Ünïcode !:two.example'])))
  allowed(new HandWrittenRoom('11').send(create('nonsense')))
})
test('the first join is the creator named in the content up to version 10, the sender of the create event since', () => {
  const room = (version: string) => {
    const made = new HandWrittenRoom(version)
    made.send({ type: 'm.room.create', sender: alice, stateKey: '', content: { creator: dan } })
    return made
  }
  allowed(room('10').member(dan, 'join'))
  refused(room('10').member(alice, 'join'), '4.3.7')
  allowed(room('11').member(alice, 'join'))
  refused(room('11').member(dan, 'join'), '4.3.7')
})
test('an additional creator does not join a room of version 12 without being let in', () => {
  const room = new HandWrittenRoom('12')
  room.send({ type: 'm.room.create', sender: alice, stateKey: '', content: { additional_creators: [bob] } })
  refused(room.member(bob, 'join'), '5.3.7')
  allowed(room.member(alice, 'join'))
})
test('a room that does not federate takes no events of other servers', () => {
  const room = roomByAlice('10', { 'm.federate': false })
  room.joinRule('public')
  refused(room.member(bob, 'join'), '3')
  allowed(room.member(dan, 'join'))
})

// Auth events

test('auth events are refused when doubled, not called for, unknown, rejected, or without the create event', () => {
  const room = busyRoom('11')
  const base = { type: 'm.room.message', sender: alice }
  const auth = room.message(alice).event.authEvents
  refused(room.send({ ...base, auth: [...auth, auth[0] as string] }), '2.1')
  refused(room.send({ ...base, auth: [...auth, '$event-4'] }), '2.2')
  refused(room.send({ ...base, auth: [...auth, '$nowhere'] }), 'auth-events/missing')
  refused(room.send({ ...base, auth: auth.filter(id => id !== '$event-0') }), '2.4')
  const rejected = room.powerLevels({ users: { [alice]: 'x' } })
  refused(rejected, '9.3')
  refused(room.send({ ...base, auth: [...auth.filter(id => id !== '$event-2'), rejected.id] }), '2.3')
})
test('auth events of another room are refused', () => {
  const room = busyRoom('11')
  refused(room.send({ type: 'm.room.message', sender: alice, roomId: '!other:one.example' }), '2.5')
})
test('in version 12 the create event is no auth event, and the room ID has to name it', () => {
  const room = busyRoom('12')
  const { event } = room.message(alice)
  assert.ok(!event.authEvents.includes('$event-0'))
  const message = { type: 'm.room.message', sender: alice }
  refused(room.send({ ...message, auth: [...event.authEvents, '$event-0'] }), '3.2')
  refused(room.send({ ...message, roomId: '!event-1' }), '2')
  refused(room.send({ ...message, roomId: '!nowhere' }), '2')
})
test('auth event selection names the authoriser for joins since version 8 only', () => {
  const room = busyRoom('8')
  const { event } = room.member(dan, 'join', dan, { join_authorised_via_users_server: bob })
  assert.deepEqual(authKeys('8', event).sort(), [
    'm.room.create\t',
    'm.room.join_rules\t',
    `m.room.member\t${bob}`,
    `m.room.member\t${dan}`,
    'm.room.power_levels\t',
  ])
  assert.ok(!authKeys('7', event).includes(`m.room.member\t${bob}`))
  assert.ok(!authKeys('12', event).includes('m.room.create\t'))
})
test('an event without prev events is refused by the empty state before it', () => {
  const outcome = busyRoom('10').send({
    type: 'm.room.message',
    sender: alice,
    prev: [],
    auth: ['$event-0', '$event-1', '$event-2'],
  })
  assert.equal(outcome.failed, 'state_before')
})

// Membership

test('nobody joins another, and unknown memberships are refused', () => {
  const room = busyRoom('6')
  refused(room.member(alice, 'join', dan), '4.2.2')
  refused(room.member(dan, 'knock'), '4.6')
  refused(room.send({ type: 'm.room.member', sender: dan, stateKey: dan }), '4.1')
  refused(room.send({ type: 'm.room.member', sender: dan, content: { membership: 'join' } }), '4.1')
})
test('the banned stay out of a public room until they are unbanned', () => {
  const room = busyRoom('5')
  allowed(room.member(bob, 'ban', carol))
  refused(room.member(carol, 'join'), '5.2.3')
  refused(room.member(carol, 'leave'), '5.4.1')
  allowed(room.member(bob, 'leave', carol))
  allowed(room.member(carol, 'join'))
})
test('unbanning needs the ban level and the kick level', () => {
  const room = busyRoom('11', { kick: 60, ban: 40 })
  allowed(room.member(bob, 'ban', carol))
  refused(room.member(bob, 'leave', carol), '4.5.5')
  const other = busyRoom('11', { kick: 40, ban: 60 })
  other.member(alice, 'ban', carol)
  refused(other.member(bob, 'leave', carol), '4.5.3')
})
test('equals neither kick nor ban each other', () => {
  const room = busyRoom('9', { users: { [alice]: 50, [bob]: 50 } })
  refused(room.member(bob, 'leave', alice), '4.5.5')
  refused(room.member(bob, 'ban', alice), '4.6.3')
})
test('inviting asks for level 0 by default, and neither the joined nor the banned are invited', () => {
  const room = busyRoom('10')
  allowed(room.member(carol, 'invite', dan))
  refused(room.member(carol, 'invite', bob), '4.4.3')
  room.member(bob, 'ban', dan)
  refused(room.member(carol, 'invite', dan), '4.4.3')
})
test('the join rule invite lets the invited and the joined in, and a rule of a later version nobody', () => {
  const room = busyRoom('6')
  room.joinRule('invite')
  refused(room.member(dan, 'join'), '4.2.6')
  room.member(carol, 'invite', dan)
  allowed(room.member(dan, 'join'))
  allowed(room.member(dan, 'join', dan, { displayname: 'Dan' }))
  room.joinRule('knock')
  refused(room.member(dan, 'join', dan, { displayname: 'D' }), '4.2.6')
})
test('knocking works since version 7, and takes knock_restricted only since version 10', () => {
  for (const [version, rule, expected] of [
    ['7', 'knock', undefined],
    ['7', 'public', '4.6.1'],
    ['9', 'knock_restricted', '4.7.1'],
    ['10', 'knock_restricted', undefined],
    ['12', 'knock', undefined],
  ] as const) {
    const room = busyRoom(version)
    room.joinRule(rule)
    if (expected) refused(room.member(dan, 'knock'), expected)
    else {
      allowed(room.member(dan, 'knock'))
      allowed(room.member(dan, 'knock'))
      allowed(room.member(dan, 'leave'))
    }
  }
})
test('neither the joined nor the invited knock, and nobody knocks for another', () => {
  const room = busyRoom('11')
  room.joinRule('knock')
  refused(room.member(carol, 'knock'), '4.7.4')
  refused(room.member(carol, 'knock', dan), '4.7.2')
  room.member(carol, 'invite', dan)
  refused(room.member(dan, 'knock'), '4.7.4')
})
test('a restricted join needs an authoriser who is joined and may invite', () => {
  const room = busyRoom('8', { invite: 50 })
  room.joinRule('restricted')
  const via = (userId: string) => room.member(dan, 'join', dan, { join_authorised_via_users_server: userId })
  refused(room.member(dan, 'join'), '4.3.5.2')
  refused(via(carol), '4.3.5.2')
  refused(via('@erin:two.example'), '4.3.5.2')
  refused(via('nobody'), '4.2.1')
  allowed(via(bob))
  allowed(room.member(dan, 'join', dan, { displayname: 'already in' }))
})
test('the invited join a restricted room without an authoriser, and versions 7 and 9 do not know the later rules', () => {
  const room = busyRoom('10')
  room.joinRule('knock_restricted')
  room.member(carol, 'invite', dan)
  allowed(room.member(dan, 'join'))
  for (const [version, rule, expected] of [
    ['7', 'restricted', '4.2.6'],
    ['9', 'knock_restricted', '4.3.7'],
  ] as const) {
    const older = busyRoom(version)
    older.joinRule(rule)
    refused(older.member(dan, 'join', dan, { join_authorised_via_users_server: alice }), expected)
  }
})

// Third-party invites

test('a third-party invite is claimed by whoever its key has signed for, from outside the room too', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const x = publicKey.export({ format: 'jwk' }).x as string
  const claim = (mxid: string, token = 'abc'): { [key: string]: Json } => {
    const signature = sign(null, Buffer.from(canonical({ mxid, token })), privateKey)
      .toString('base64')
      .replace(/=+$/, '')
    return { signed: { mxid, token, signatures: { 'id.example': { 'ed25519:0': signature } } } }
  }
  const invite = (room: HandWrittenRoom, sender: string, claimed: Json) =>
    room.member(sender, 'invite', dan, { third_party_invite: claimed })
  for (const keys of [{ public_key: x }, { public_key: 'AA', public_keys: [{ public_key: x }] }]) {
    const room = busyRoom('11')
    refused(invite(room, carol, claim(dan)), '4.4.1.5')
    room.send({ type: 'm.room.third_party_invite', sender: carol, stateKey: 'abc', content: keys })
    room.member(carol, 'leave')
    refused(invite(room, carol, null), '4.4.1.2')
    refused(invite(room, carol, { signed: { mxid: dan } }), '4.4.1.3')
    refused(invite(room, carol, claim('@erin:one.example')), '4.4.1.4')
    refused(invite(room, alice, claim(dan)), '4.4.1.6')
    const forged = claim(dan)['signed'] as { [key: string]: Json }
    refused(invite(room, carol, { signed: { ...forged, more: 1 } }), '4.4.1.8')
    allowed(invite(room, carol, { ...claim(dan), display_name: 'd...' }))
  }
})
test('a third-party invite does not bring back the banned', () => {
  const room = busyRoom('11')
  room.member(alice, 'ban', dan)
  refused(room.member(alice, 'invite', dan, { third_party_invite: {} }), '4.4.1.1')
})
test('sending a third-party invite asks for the invite level and for nothing else', () => {
  const room = busyRoom('11', { invite: 50, state_default: 100 })
  const draft = { type: 'm.room.third_party_invite', stateKey: 'abc' }
  refused(room.send({ ...draft, sender: carol }), '6.1')
  allowed(room.send({ ...draft, sender: bob }))
})
