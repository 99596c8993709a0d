import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Draft, story } from '../../tests/story/story.ts'
import type { JsonValue } from '../canonical-json/index.ts'
import { roomVersions } from '../room-version/index.ts'
import { authEventKeys } from './selection.ts'

const all = [...roomVersions.keys()]
const create = 'm.room.create '
const powerLevels = 'm.room.power_levels '
const joinRules = 'm.room.join_rules '
const member = (user: string) => `m.room.member ${user}`

function keys(version: string, draft: Draft): string[] {
  return authEventKeys(story(version).build(draft)).map(key => key.join(' '))
}

/** A member event by @ann:a. */
function memberEvent(membership: JsonValue, stateKey: string, more: Record<string, JsonValue> = {}): Draft {
  return { type: 'm.room.member', sender: '@ann:a', stateKey, content: { membership, ...more } }
}

test('a create event has no auth events', () => {
  for (const version of all) assert.deepEqual(keys(version, { type: 'm.room.create', stateKey: '' }), [], version)
})

test('any event has the create event (until version 11), the power levels and its sender’s membership', () => {
  for (const version of all) {
    const expected = [...(version === '12' ? [] : [create]), powerLevels, member('@ann:a')]
    for (const draft of [{ type: 'm.room.message' }, { type: 'm.room.topic', stateKey: '' }])
      assert.deepEqual(keys(version, { ...draft, sender: '@ann:a' }), expected, version)
  }
})

test('a join, an invite and a knock have the join rules, a leave and a ban do not', () => {
  for (const version of ['1', '6', '11'])
    for (const [membership, expected] of [
      ['join', true],
      ['invite', true],
      ['knock', true],
      ['leave', false],
      ['ban', false],
      ['org.example.unknown', false],
      [7, false],
    ] as const)
      assert.equal(keys(version, memberEvent(membership, '@bob:b')).includes(joinRules), expected, String(membership))
})

test('the target’s membership comes with every member event, once where the target is the sender', () => {
  for (const membership of ['join', 'invite', 'leave', 'ban', 'knock']) {
    assert.ok(keys('11', memberEvent(membership, '@bob:b')).includes(member('@bob:b')), membership)
    const own = keys('11', memberEvent(membership, '@ann:a')).filter(key => key === member('@ann:a'))
    assert.equal(own.length, 1, membership)
  }
})

test('a member event without a state key has no target', () => {
  const { stateKey: _, ...draft } = memberEvent('join', '')
  assert.deepEqual(keys('11', draft), [create, powerLevels, member('@ann:a')])
})

test('an invite that claims a third-party invite has that invite, by its token', () => {
  const claim = (signed: JsonValue) => memberEvent('invite', '@bob:b', { third_party_invite: { signed } })
  const ordinary = [create, powerLevels, member('@ann:a'), member('@bob:b'), joinRules]
  assert.deepEqual(keys('11', claim({ token: 'abc' })), [...ordinary, 'm.room.third_party_invite abc'])
  for (const signed of [{}, { token: 7 }, 'abc', null]) assert.deepEqual(keys('11', claim(signed)), ordinary)
})

test('only invites look for third-party invites', () => {
  const claim = { third_party_invite: { signed: { token: 'abc' } } }
  for (const membership of ['join', 'leave', 'ban', 'knock'])
    assert.equal(
      keys('11', memberEvent(membership, '@bob:b', claim)).includes('m.room.third_party_invite abc'),
      false,
      membership,
    )
})

test('a join has the membership of whom it names as authoriser, since version 8', () => {
  const draft = memberEvent('join', '@ann:a', { join_authorised_via_users_server: '@carl:c' })
  for (const version of all)
    assert.equal(keys(version, draft).includes(member('@carl:c')), all.indexOf(version) >= all.indexOf('8'), version)
})

test('only joins have an authoriser’s membership', () => {
  const authorised = { join_authorised_via_users_server: '@carl:c' }
  for (const membership of ['invite', 'leave', 'ban', 'knock'])
    assert.equal(keys('11', memberEvent(membership, '@bob:b', authorised)).includes(member('@carl:c')), false)
})

test('an authoriser who is the sender or the target comes once', () => {
  for (const user of ['@ann:a', '@bob:b']) {
    const draft = memberEvent('join', '@bob:b', { join_authorised_via_users_server: user })
    assert.deepEqual(keys('11', draft), [create, powerLevels, member('@ann:a'), member('@bob:b'), joinRules])
  }
  assert.deepEqual(keys('11', memberEvent('join', '@ann:a', { join_authorised_via_users_server: 7 })), [
    create,
    powerLevels,
    member('@ann:a'),
    joinRules,
  ])
})
