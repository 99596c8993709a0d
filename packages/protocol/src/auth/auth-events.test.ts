import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertDecided, judgeByAuthEvents, judgedAuthEvents } from '../../tests/story/judge.ts'
import { permutations } from '../../tests/story/resolution.ts'
import { type Draft, type Story, story } from '../../tests/story/story.ts'
import { nodeCrypto } from '../crypto/index.ts'
import type { RoomId } from '../identifiers/index.ts'
import { roomVersions } from '../room-version/index.ts'
import { authorizeAuthEvents } from './auth-events.ts'
import { authorizeByAuthEvents } from './authorize.ts'

const all = [...roomVersions.keys()]
const before12 = all.slice(0, 11)

/** A room with all that a message needs, and more. */
function room(version: string): Story {
  const told = story(version).create('@ann:a').joins('@ann:a')
  return told.powerLevels('PL1', {}).powerLevels('PL2', {}).joinRule('JR', 'public').joins('@bob:b').topic('T1')
}

/** The names of a message's auth events, with the create event where the version has it there. */
function authEvents(version: string, ...names: readonly string[]): readonly string[] {
  return version === '12' ? names : ['CREATE', ...names]
}

const message: Draft = { type: 'm.room.message' }

test('the auth events that selection names are in order in all versions', () => {
  for (const version of all) {
    const told = room(version)
    const event = told.build(message)
    const create = { event: told.get('CREATE'), rejected: false }
    assertDecided(authorizeAuthEvents(event, judgedAuthEvents(told, event), create), 'allow auth-events')
    assertDecided(judgeByAuthEvents(told, message), 'allow allow', version)
  }
})

test('optional auth events may be missing', () => {
  for (const version of all) {
    const told = room(version)
    const draft = { ...message, authEvents: authEvents(version, 'ann-join') }
    assertDecided(judgeByAuthEvents(told, draft), 'allow allow', version)
  }
})

test('two auth events of one type and state key are denied, be they different or the same', () => {
  for (const version of all)
    for (const pair of [
      ['PL1', 'PL2'],
      ['PL2', 'PL2'],
    ]) {
      const draft = { ...message, authEvents: authEvents(version, 'ann-join', ...pair) }
      assertDecided(judgeByAuthEvents(room(version), draft), 'deny auth-events/duplicate', `${version} ${pair}`)
    }
})

test('auth events that selection does not name are denied', () => {
  const unselected = ['T1', 'JR', 'bob-join', 'M1']
  for (const version of all)
    for (const name of unselected) {
      const told = room(version).event('M1', message)
      const draft = { ...message, authEvents: authEvents(version, 'ann-join', name) }
      assertDecided(judgeByAuthEvents(told, draft), 'deny auth-events/unselected', `${version} ${name}`)
    }
})

test('an event of a selected type under another state key is not selected', () => {
  const told = story('11').create('@ann:a').joins('@ann:a')
  told.event('PL-x', { type: 'm.room.power_levels', stateKey: 'x' })
  const draft = { ...message, authEvents: ['CREATE', 'ann-join', 'PL-x'] }
  assertDecided(judgeByAuthEvents(told, draft), 'deny auth-events/unselected')
})

test('in version 12 the create event is not selected', () => {
  const draft = { ...message, authEvents: ['CREATE', 'ann-join'] }
  assertDecided(judgeByAuthEvents(room('12'), draft), 'deny auth-events/unselected')
})

test('an auth event that was rejected is denied', () => {
  for (const version of all) {
    const told = story(version).create('@ann:a').joins('@ann:a').powerLevels('PL1', {}, {}, { rejected: true })
    const draft = { ...message, authEvents: authEvents(version, 'ann-join', 'PL1') }
    assertDecided(judgeByAuthEvents(told, draft), 'deny auth-events/rejected', version)
  }
})

test('until version 11 the create event must be among the auth events', () => {
  for (const version of before12)
    for (const names of [[], ['ann-join', 'PL2']]) {
      const draft = { ...message, authEvents: names }
      assertDecided(judgeByAuthEvents(room(version), draft), 'deny auth-events/no-create', version)
    }
})

test('that the create event is missing is said by the rule about auth events, before the state is asked', () => {
  const told = room('11')
  const event = told.build({ ...message, authEvents: ['ann-join', 'PL2'] })
  assertDecided(authorizeAuthEvents(event, judgedAuthEvents(told, event), undefined), 'deny auth-events/no-create')
})

test('an auth event of another room is denied', () => {
  for (const version of all) {
    const told = story(version).create('@ann:a').joins('@ann:a').powerLevels('PL1', {}, {}, { roomId: '!other:a' })
    const draft = { ...message, authEvents: authEvents(version, 'ann-join', 'PL1') }
    assertDecided(judgeByAuthEvents(told, draft), 'deny auth-events/other-room', version)
  }
})

test('the rules about auth events come in the specification’s order', () => {
  const told = story('11').create('@ann:a').joins('@ann:a').topic('T1', { rejected: true, roomId: '!other:a' })
  told.powerLevels('PL1', {}, {}, { rejected: true, roomId: '!other:a' })
  const decidedWith = (...names: readonly string[]) => judgeByAuthEvents(told, { ...message, authEvents: names })
  assertDecided(decidedWith('T1', 'T1'), 'deny auth-events/duplicate')
  assertDecided(decidedWith('T1', 'PL1'), 'deny auth-events/unselected')
  assertDecided(decidedWith('PL1'), 'deny auth-events/rejected')
})

test('in version 12 the room ID must name a known create event', () => {
  const told = room('12')
  const event = told.build(message)
  const judged = judgedAuthEvents(told, event)
  const named = (name: string, rejected = false) => ({ event: told.get(name), rejected })
  assertDecided(authorizeByAuthEvents(event, judged, undefined, nodeCrypto), 'deny room-id', 'unknown')
  assertDecided(authorizeByAuthEvents(event, judged, named('CREATE', true), nodeCrypto), 'deny room-id', 'rejected')
  assertDecided(authorizeByAuthEvents(event, judged, named('T1'), nodeCrypto), 'deny room-id', 'no create event')
  assertDecided(authorizeByAuthEvents(event, judged, named('CREATE'), nodeCrypto), 'allow allow')
})

test('in version 12 the create event of another room does not do', () => {
  const told = room('12')
  const other = story('12').create('@ann:a', {}, { name: 'OTHER' })
  const event = told.build(message)
  const create = { event: other.get('OTHER'), rejected: false }
  assert.notEqual(create.event.roomId, event.roomId as RoomId)
  assertDecided(authorizeByAuthEvents(event, judgedAuthEvents(told, event), create, nodeCrypto), 'deny room-id')
})

test('in version 12 the create event decides though it is no auth event: the rules find it by the room ID', () => {
  const told = story('12')
    .create('@ann:a')
    .joins('@ann:a')
    .powerLevels('PL1', {}, { events: { x: 200 } })
  assertDecided(judgeByAuthEvents(told, { type: 'x' }), 'allow allow', 'a creator has all power')
  const closed = story('12').create('@ann:a', { 'm.federate': false })
  assertDecided(judgeByAuthEvents(closed, { type: 'x', sender: '@bob:b' }), 'deny federate')
})

test('an auth event counts for its own type and state key alone, wherever it stands in the list', () => {
  for (const version of all) {
    const users = version === '12' ? {} : { '@ann:a': 100 }
    const told = story(version).create('@ann:a').joins('@ann:a').joins('@bob:b')
    told.powerLevels('PL1', { ...users, '@bob:b': 50 })
    const kick: Draft = { type: 'm.room.member', stateKey: '@bob:b', content: { membership: 'leave' } }
    for (const names of permutations(authEvents(version, 'ann-join', 'bob-join', 'PL1'))) {
      assertDecided(judgeByAuthEvents(told, { ...kick, authEvents: names }), 'allow leave/kick', `${version} ${names}`)
      const leave = { ...kick, sender: '@bob:b', authEvents: names }
      assertDecided(judgeByAuthEvents(told, leave), 'deny auth-events/unselected', 'the other is not called for')
    }
  }
})

test('in version 12 the create event stands for nothing but itself', () => {
  const told = story('12').create('@ann:a', { join_rule: 'public', membership: 'join' }).joins('@ann:a')
  const join: Draft = { type: 'm.room.member', sender: '@bob:b', stateKey: '@bob:b', content: { membership: 'join' } }
  assertDecided(judgeByAuthEvents(told, { ...join, authEvents: [] }), 'deny join/invite')
})

test('an event is judged by its own auth events, not by the state', () => {
  const told = room('11').bans('@ann:a', '@bob:b')
  const draft: Draft = { ...message, sender: '@bob:b', authEvents: ['CREATE', 'PL2', 'bob-join'] }
  assertDecided(judgeByAuthEvents(told, draft), 'allow allow')
})

test('no event passes for another by a type that looks like a pair of type and state key', () => {
  for (const version of all) {
    for (const [type, stateKey] of [
      ['m.room.member@ann:a', ''],
      ['m.room.member', '@ann:a '],
      ['19:m.room.power_levels', undefined],
      ['m.room.power_levels', undefined],
    ] as const) {
      const told = room(version).event('A', { type, stateKey })
      const draft = { ...message, authEvents: authEvents(version, 'ann-join', 'A') }
      assertDecided(judgeByAuthEvents(told, draft), 'deny auth-events/unselected', `${version} ${type} ${stateKey}`)
    }
  }
})
