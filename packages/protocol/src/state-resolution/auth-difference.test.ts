import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReferringGraph } from '../../tests/random-rooms/counting-graph.ts'
import { conflictOf, permutations } from '../../tests/story/resolution.ts'
import { type Story, story } from '../../tests/story/story.ts'
import { authDifference } from './auth-difference.ts'
import type { ResolutionOptions } from './input.ts'
import { conflictedEntries } from './split-conflicted.ts'

/**
 * The auth difference of the states after some events. Neither the order of the states nor whether the graph can tell which
 * events name one must matter.
 */
function difference(room: Story, names: readonly string[], chains?: ResolutionOptions['chains']): string[] {
  const graphs = [room.graph, new ReferringGraph(room.graph)]
  const found = permutations(names).flatMap(order => {
    const states = order.map(name => room.stateAfter(name))
    const options = chains === undefined ? {} : { chains }
    return graphs.map(graph => room.names(authDifference(conflictOf(room, states), graph, options)).sort())
  })
  for (const other of found) assert.deepEqual(other, found[0])
  return found[0] ?? []
}

const opening = () => story('11').create('@ann:a').joins('@ann:a').powerLevels('PL1', { '@ann:a': 100 })

test('an event in the auth chain of one state and not of the other is in the difference', () => {
  const room = opening().joinRule('JR', 'public').joins('@bob:b')
  room.powerLevels('PL2', { '@ann:a': 100 }).powerLevels('PL3', { '@ann:a': 100 })
  for (const chains of ['letter', 'with-state-events'] as const)
    assert.ok(difference(room, ['PL3', 'bob-join'], chains).includes('PL2'), chains)
  assert.deepEqual(difference(room, ['PL3', 'bob-join'], 'letter'), ['PL2'])
})

test('an event in the chains of all states is in no difference, however it is reached', () => {
  const room = opening().powerLevels('PL2', { '@ann:a': 100 }).topic('T1').after('PL2').topic('T2')
  assert.deepEqual(difference(room, ['T1', 'T2'], 'letter'), [])
  assert.deepEqual(difference(room, ['T1', 'T2'], 'with-state-events'), ['T1', 'T2'])
})

test('by the letter a state’s own events are not in its chains, in practice they are', () => {
  const room = opening().topic('T1').after('PL1').topic('T2')
  assert.deepEqual(difference(room, ['T1', 'T2'], 'letter'), [])
  assert.deepEqual(difference(room, ['T1', 'T2']), ['T1', 'T2'])
})

/** Only T1 rests on the old power levels; whether others do besides is up to the test. */
function oldPowerLevels(bobRestsOn: readonly string[]): Story {
  const room = opening().joins('@bob:b', { authEvents: bobRestsOn })
  room.powerLevels('PL2', { '@ann:a': 100 }, {}, { authEvents: ['CREATE', 'ann-join'] })
  room.topic('T1', { authEvents: ['CREATE', 'ann-join', 'PL1'] })
  return room.after('PL2').topic('T2', { authEvents: ['CREATE', 'ann-join', 'PL2'] })
}

test('old power levels that every state reaches by an unconflicted member alone are in no difference', () => {
  const room = oldPowerLevels(['CREATE', 'PL1'])
  assert.deepEqual(difference(room, ['T1', 'T2'], 'letter'), ['PL2'])
  assert.deepEqual(difference(room, ['T1', 'T2'], 'with-state-events'), ['T1', 'T2'])
})

test('nor are those that they rest on', () => {
  const room = opening()
    .powerLevels('PL2', { '@ann:a': 100 })
    .joins('@bob:b', { authEvents: ['CREATE', 'PL2'] })
  room.powerLevels('PL3', { '@ann:a': 100 }, {}, { authEvents: ['CREATE', 'ann-join'] })
  room.topic('T1', { authEvents: ['CREATE', 'ann-join', 'PL2'] })
  room.after('PL3').topic('T2', { authEvents: ['CREATE', 'ann-join'] })
  assert.deepEqual(difference(room, ['T1', 'T2'], 'letter'), [])
})

test('old power levels that no unconflicted member reaches are in the difference', () => {
  const room = oldPowerLevels(['CREATE'])
  assert.deepEqual(difference(room, ['T1', 'T2'], 'letter'), ['PL1', 'PL2'])
  assert.deepEqual(difference(room, ['T1', 'T2'], 'with-state-events'), ['PL1', 'T1', 'T2'])
})

test('an unconflicted event in the chain of one state is in the difference by the letter only', () => {
  const room = opening().joinRule('JR', 'public').joins('@bob:b').topic('T1', { sender: '@bob:b' })
  room.after('bob-join').topic('T2')
  assert.deepEqual(difference(room, ['T1', 'T2'], 'letter'), ['bob-join'])
  assert.deepEqual(difference(room, ['T1', 'T2'], 'with-state-events'), ['T1', 'T2'])
})

test('the same where that event is the oldest in question', () => {
  const room = opening()
    .joins('@bob:b', { authEvents: ['CREATE', 'PL1'] })
    .topic('T1', { sender: '@bob:b' })
  room.after('bob-join').topic('T2')
  assert.deepEqual(difference(room, ['T1', 'T2'], 'letter'), ['bob-join'])
  assert.deepEqual(difference(room, ['T1', 'T2'], 'with-state-events'), ['T1', 'T2'])
})

test('an unconflicted event that another unconflicted one names is in no difference, even by the letter', () => {
  const room = opening()
    .joinRule('JR', 'public')
    .joins('@bob:b')
    .event('N', {
      ...{ type: 'm.room.name', stateKey: '', sender: '@bob:b' },
    })
  room.topic('T1', { sender: '@bob:b' }).after('N').topic('T2')
  assert.deepEqual(difference(room, ['T1', 'T2'], 'letter'), [])
})

test('of three states it is enough that one lacks the event', () => {
  const room = opening().joinRule('JR', 'public').joins('@bob:b').leaves('@bob:b').joins('@bob:b', { name: 'back' })
  room.after('PL1').topic('T1').after('back').topic('T2').after('back').topic('T3')
  assert.deepEqual(difference(room, ['T1', 'T2', 'T3'], 'letter'), ['JR', 'bob-leave', 'bob-join'].sort())
})

test('of very many states it is enough that one lacks the event', () => {
  const room = opening().joins('@bob:b', { authEvents: ['CREATE', 'PL1'] })
  room.topic('T1', { sender: '@bob:b' }).after('bob-join').topic('T2')
  for (const count of [31, 32, 33, 64, 70])
    for (const lacking of [0, 31, 32, 63, 69, count - 1, undefined]) {
      const states = Array.from({ length: count }, (_, at) => room.stateOf(at === lacking ? 'T2' : 'T1'))
      const found = authDifference(conflictOf(room, states), room.graph, { chains: 'letter' })
      const expected = lacking === undefined || lacking >= count ? [] : ['bob-join']
      assert.deepEqual(room.names(found).sort(), expected, `${lacking} of ${count}`)
    }
})

test('equal states differ in nothing', () => {
  for (const chains of ['letter', 'with-state-events'] as const)
    assert.deepEqual(difference(opening(), ['PL1', 'PL1'], chains), [])
})

test('a chain with very many ways through it is walked once', () => {
  // Each event names the two before it: as many paths as Fibonacci numbers.
  const size = 10_000
  const authEvents = (event: number) => (event < 2 ? [] : [event - 1, event - 2])
  const graph = { ...opening().graph, size, authEvents, keyOf: (event: number) => event }
  const unconflicted = { get: () => undefined, events: () => [] }
  const entries = conflictedEntries([new Map([[1, size - 1]]), new Map([[1, 0]])])
  for (const walked of [graph, new ReferringGraph(graph)])
    assert.equal(authDifference({ unconflicted, count: 2, entries }, walked, { chains: 'letter' }).size, size - 1)
})
