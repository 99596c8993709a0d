import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permutations, resolvedNames } from '../../tests/story/resolution.ts'
import { type Story, story } from '../../tests/story/story.ts'
import { nodeCrypto } from '../crypto/index.ts'

/** What states resolve to beyond what they share; the order of the states must not matter. */
function resolve(room: Story, common: readonly string[], ...states: readonly (readonly string[])[]): string[] {
  const results = permutations(states).map(order =>
    resolvedNames(
      room,
      order.map(names => room.stateOf(...common, ...names)),
    ),
  )
  for (const other of results) assert.deepEqual(other, results[0])
  return (results[0] ?? []).filter(name => !common.includes(name))
}

const common = ['CREATE', 'ann-join', 'mod-join']

/** @ann:a has 100, @mod:m has 50; all that follows is told by its own words. */
function opening(version = '1'): Story {
  const room = story(version).create('@ann:a').joins('@ann:a').joinRule('JR', 'public').joins('@mod:m')
  return room.powerLevels('PL1', { '@ann:a': 100, '@mod:m': 50 }, {}, { depth: 10 })
}

/** Two event IDs in the order of their SHA-1. */
function idsByHash(a: string, b: string): [lower: string, higher: string] {
  return Buffer.compare(nodeCrypto.sha1(a), nodeCrypto.sha1(b)) < 0 ? [a, b] : [b, a]
}

test('hashes are SHA-1 of the event ID as text', () => {
  assert.equal(Buffer.from(nodeCrypto.sha1('$a:b')).toString('hex'), 'ace838a7ce55d5ea91ba730d353b25096d0fbe91')
})

test('of power levels the deepest that each time the ones before allow is taken', () => {
  const room = opening()
  const users = { '@ann:a': 100, '@mod:m': 50 }
  room.powerLevels('PL2', users, { ban: 60 }, { depth: 11 }).powerLevels('PL3', users, { ban: 70 }, { depth: 12 })
  assert.deepEqual(resolve(room, common, ['PL1'], ['PL2'], ['PL3']), ['PL3'])
})

test('the first power levels that are not allowed end the row, whatever comes after', () => {
  const room = opening()
  const users = { '@ann:a': 100, '@mod:m': 50 }
  room.powerLevels('PL2', users, { ban: 60 }, { depth: 11, sender: '@mod:m' })
  room.powerLevels('PL3', users, { ban: 70 }, { depth: 12 })
  assert.deepEqual(resolve(room, common, ['PL1'], ['PL2'], ['PL3']), ['PL1'])
  assert.deepEqual(resolve(room, common, ['PL1'], ['PL3']), ['PL3'])
})

test('the shallowest power levels count unchecked', () => {
  const room = opening().powerLevels('BAD', { '@eve:e': 100 }, {}, { depth: 1, sender: '@eve:e' })
  assert.deepEqual(resolve(room, common, ['PL1'], ['BAD']), ['BAD'])
})

test('at equal depth the higher hash comes first in the row, so the lower one is taken if allowed', () => {
  const [lower, higher] = idsByHash('$x:a', '$y:a')
  const room = opening().powerLevels('LOW', { '@ann:a': 100 }, {}, { depth: 11, eventId: lower })
  room.powerLevels('HIGH', { '@ann:a': 100 }, { ban: 60 }, { depth: 11, eventId: higher })
  assert.deepEqual(resolve(room, common, ['LOW'], ['HIGH']), ['LOW'])
})

test('depths compare as numbers, those beyond 2^53 too', () => {
  const room = opening()
  room.powerLevels('PL2', { '@ann:a': 100 }, {}, { depth: 2n ** 62n }).powerLevels(
    'PL3',
    { '@ann:a': 100 },
    {},
    {
      depth: 2n ** 62n + 1n,
    },
  )
  room.powerLevels('PL4', { '@ann:a': 100 }, {}, { depth: 9 })
  assert.deepEqual(resolve(room, common, ['PL2'], ['PL3'], ['PL4']), ['PL3'])
})

test('join rules are judged by the resolved power levels', () => {
  const room = opening().joinRule('JR1', 'invite', { sender: '@mod:m', depth: 11 })
  room.joinRule('JR2', 'public', { sender: '@mod:m', depth: 12 })
  assert.deepEqual(resolve(room, common, ['PL1', 'JR1'], ['PL1', 'JR2']), ['JR2', 'PL1'])
  room.powerLevels('PL2', { '@ann:a': 100 }, {}, { depth: 13 })
  assert.deepEqual(resolve(room, common, ['PL1', 'JR1'], ['PL2', 'JR2']), ['JR1', 'PL2'])
})

test('memberships are judged by the resolved power levels and join rules', () => {
  const room = opening().leaves('@bob:b', { depth: 1 }).joins('@bob:b', { depth: 12 })
  room.joinRule('JR1', 'public', { depth: 2 }).joinRule('JR2', 'invite', { depth: 3 })
  const shared = [...common, 'PL1']
  assert.deepEqual(resolve(room, shared, ['JR1', 'bob-leave'], ['JR1', 'bob-join']), ['JR1', 'bob-join'])
  assert.deepEqual(resolve(room, shared, ['JR2', 'bob-leave'], ['JR1', 'bob-join']), ['JR2', 'bob-leave'])
})

test('of memberships the deepest that each time the ones before allow is taken', () => {
  const room = opening().joins('@bob:b', { depth: 11 }).bans('@mod:m', '@bob:b', { depth: 12 })
  room.joins('@bob:b', { depth: 13, name: 'bob-back' })
  const shared = [...common, 'PL1', 'JR']
  assert.deepEqual(resolve(room, shared, ['bob-join'], ['bob-ban']), ['bob-ban'])
  assert.deepEqual(resolve(room, shared, ['bob-join'], ['bob-ban'], ['bob-back']), ['bob-ban'])
})

test('conflicts of one type are judged by the state before them, so that their order means nothing', () => {
  const room = opening()
    .powerLevels('PL2', { '@mod:m': 50, '@bob:b': 50 }, {}, { depth: 11 })
    .joins('@bob:b', { depth: 12 })
  room.bans('@bob:b', '@carl:c', { depth: 20 }).leaves('@carl:c', { depth: 1 })
  room.bans('@mod:m', '@bob:b', { depth: 20, name: 'bob-ban' })
  const states = [
    ['bob-join', 'carl-leave'],
    ['bob-ban', 'carl-ban'],
  ]
  // No membership of @bob:b stands before memberships are resolved: so nobody is banned by @bob:b.
  assert.deepEqual(resolve(room, [...common, 'PL2', 'JR'], ...states), ['bob-join', 'carl-leave'])
})

test('of any other state the deepest event that is allowed is taken', () => {
  const room = opening().topic('T1', { depth: 11 }).topic('T2', { depth: 12, sender: '@mod:m' })
  room.topic('T3', { depth: 13, sender: '@eve:e' })
  assert.deepEqual(resolve(room, [...common, 'PL1'], ['T1'], ['T2'], ['T3']), ['T2'])
})

test('of any other state at equal depth the lower hash is taken', () => {
  const [lower, higher] = idsByHash('$x:a', '$y:a')
  const room = opening().topic('LOW', { depth: 11, eventId: lower }).topic('HIGH', { depth: 11, eventId: higher })
  assert.deepEqual(resolve(room, [...common, 'PL1'], ['LOW'], ['HIGH']), ['LOW'])
})

test('where no event is allowed the last one tried is taken', () => {
  const room = opening().topic('T1', { depth: 11, sender: '@eve:e' }).topic('T2', { depth: 12, sender: '@eve:e' })
  assert.deepEqual(resolve(room, [...common, 'PL1'], ['T1'], ['T2']), ['T1'])
})

test('other state is judged by the resolved power levels and memberships', () => {
  const room = opening().joins('@bob:b', { depth: 11 }).leaves('@bob:b', { depth: 12 })
  room.powerLevels('PL2', { '@bob:b': 50 }, {}, { depth: 11 })
  room.topic('T1', { depth: 13 }).topic('T2', { depth: 14, sender: '@bob:b' })
  const shared = [...common, 'JR', 'PL2']
  assert.deepEqual(resolve(room, shared, ['bob-join', 'T1'], ['bob-join', 'T2']), ['T2', 'bob-join'])
  assert.deepEqual(resolve(room, shared, ['bob-leave', 'T1'], ['bob-join', 'T2']), ['T1', 'bob-leave'])
})

test('a key that only some states have is no conflict: the event stays', () => {
  const room = opening().topic('T1', { sender: '@eve:e' })
  assert.deepEqual(resolve(room, [...common, 'PL1'], ['T1'], []), ['T1'])
})

test('auth events and times are not asked', () => {
  const room = opening().topic('T1', { depth: 12, ts: 1, authEvents: [] }).topic('T2', { depth: 11, ts: 9 })
  assert.deepEqual(resolve(room, [...common, 'PL1'], ['T1'], ['T2']), ['T1'])
})
