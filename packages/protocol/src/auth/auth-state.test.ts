import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Story, story } from '../../tests/story/story.ts'
import type { JsonObject } from '../canonical-json/index.ts'
import { roomVersions } from '../room-version/index.ts'
import { AuthState } from './auth-state.ts'

const all = [...roomVersions.keys()]
const stateOf = (room: Story) => new AuthState(room.lookup(), room.rules.auth)

test('without power levels the creator has 100, in version 12 more than any number, and others have 0', () => {
  for (const version of all) {
    const state = stateOf(story(version).create('@ann:a').joins('@ann:a').joins('@bob:b'))
    assert.equal(state.powerLevelOf('@ann:a'), version === '12' ? Number.POSITIVE_INFINITY : 100, version)
    assert.equal(state.powerLevelOf('@bob:b'), 0, version)
  }
})

test('without power levels it is the creator named in the content who has 100 until version 10', () => {
  for (const [version, ann, bob] of [
    ['1', 0, 100],
    ['10', 0, 100],
    ['11', 100, 0],
  ] as const) {
    const state = stateOf(story(version).create('@ann:a', { creator: '@bob:b' }))
    assert.deepEqual([state.powerLevelOf('@ann:a'), state.powerLevelOf('@bob:b')], [ann, bob], version)
  }
})

test('until version 11 a creator whom the power levels leave out has the default', () => {
  for (const version of all.slice(0, 11)) {
    const room = story(version).create('@ann:a').joins('@ann:a').powerLevels('PL1', { '@bob:b': 50 })
    assert.equal(stateOf(room).powerLevelOf('@ann:a'), 0, version)
    room.powerLevels('PL2', undefined, { users_default: 7 })
    assert.equal(stateOf(room).powerLevelOf('@ann:a'), 7, version)
  }
})

test('in version 12 creators keep their power whatever the power levels say', () => {
  const room = story('12').create('@ann:a', { additional_creators: ['@bob:b'] })
  room.powerLevels('PL1', { '@ann:a': 0, '@bob:b': 5, '@carl:c': Number.MAX_SAFE_INTEGER })
  const state = stateOf(room)
  for (const user of ['@ann:a', '@bob:b']) assert.equal(state.powerLevelOf(user), Number.POSITIVE_INFINITY)
  assert.ok(state.powerLevelOf('@carl:c') < state.powerLevelOf('@bob:b'))
})

test('in version 11 additional creators have no power', () => {
  const room = story('11').create('@ann:a', { additional_creators: ['@bob:b'] })
  assert.equal(stateOf(room).powerLevelOf('@bob:b'), 0)
})

const levels = (room: Story) => {
  const state = stateOf(room)
  const named = (['ban', 'kick', 'redact', 'invite'] as const).map(action => state.levelFor(action))
  return [...named, state.requiredLevel('x', true), state.requiredLevel('x', false)]
}

test('kick, ban, redact and state need 50, invites and messages 0, unless the power levels say otherwise', () => {
  for (const version of all) {
    const room = story(version).create('@ann:a')
    assert.deepEqual(levels(room), [50, 50, 50, 0, 50, 0], `${version} without power levels`)
    assert.deepEqual(levels(room.powerLevels('PL1', undefined)), [50, 50, 50, 0, 50, 0], `${version} with empty ones`)
    const said = { ban: 1, kick: 2, redact: 3, invite: 4, state_default: 5, events_default: 6 }
    assert.deepEqual(levels(room.powerLevels('PL2', undefined, said)), [1, 2, 3, 4, 5, 6], version)
  }
})

test('levels that cannot be read count as absent', () => {
  const unreadable: JsonObject = { ban: '1.5', kick: null, redact: [1], invite: {}, state_default: 'x', users: 7 }
  const room = story('9')
    .create('@ann:a')
    .powerLevels('PL1', undefined, { ...unreadable, events: [] })
  assert.deepEqual(levels(room), [50, 50, 50, 0, 50, 0])
  assert.equal(stateOf(room).powerLevelOf('@bob:b'), 0)
})

test('a level of the type goes before the defaults for state and messages', () => {
  const room = story('11').create('@ann:a')
  room.powerLevels('PL1', undefined, { events: { x: 7 }, state_default: 1, events_default: 2 })
  const state = stateOf(room)
  assert.deepEqual([state.requiredLevel('x', true), state.requiredLevel('x', false)], [7, 7])
  assert.deepEqual([state.requiredLevel('constructor', true), state.requiredLevel('__proto__', false)], [1, 2])
})

test('a room without join rules is invite-only, one with unreadable ones open to nobody', () => {
  const room = story('11').create('@ann:a')
  assert.deepEqual(stateOf(room).joinRule(), { value: 'invite', event: undefined })
  for (const rule of [undefined, null, 7, ['public']]) {
    const name = `JR-${typeof rule}-${JSON.stringify(rule)?.length}`
    const unreadable = story('11').create('@ann:a').joinRule(name, rule)
    assert.deepEqual(stateOf(unreadable).joinRule(), { value: undefined, event: unreadable.get(name) })
  }
})

test('who has no membership has left', () => {
  const room = story('11').create('@ann:a').joins('@ann:a')
  assert.equal(stateOf(room).membership('@bob:b').value, 'leave')
  room.event('ODD', { type: 'm.room.member', stateKey: '@bob:b', content: { membership: 7 } })
  assert.equal(stateOf(room).membership('@bob:b').value, 'leave')
  assert.equal(stateOf(room).membership('@ann:a').value, 'join')
})

test('what is found comes with the event that says so', () => {
  const room = story('11').create('@ann:a').joins('@ann:a').joinRule('JR', 'public')
  assert.deepEqual(stateOf(room).joinRule(), { value: 'public', event: room.get('JR') })
  assert.deepEqual(stateOf(room).membership('@ann:a'), { value: 'join', event: room.get('ann-join') })
})
