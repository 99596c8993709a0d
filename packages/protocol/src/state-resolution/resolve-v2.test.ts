import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conflictOf, permutations, resolvedAfter, resolvedNames } from '../../tests/story/resolution.ts'
import { type Story, story } from '../../tests/story/story.ts'
import { nodeCrypto } from '../crypto/index.ts'
import { fullConflictedSet, type Generation } from './resolve-v2.ts'

/** What the states after some events resolve to; the order of the states must not matter. */
function resolve(room: Story, ...names: readonly string[]): string[] {
  const results = permutations(names).map(order => resolvedAfter(room, order))
  for (const other of results) assert.deepEqual(other, results[0])
  return results[0] ?? []
}

/** Versions with state resolution 2 and 2.1. In 12 @ann:a has all power without being listed. */
const versions = ['2', '11', '12']
const withAnn = (version: string, users: Record<string, number> = {}) =>
  version === '12' ? users : { '@ann:a': 100, ...users }

/** @mod:m has 50; @bob:b has none; all are in a public room. */
function opening(version: string): Story {
  const room = story(version).create('@ann:a').joins('@ann:a').joinRule('JR', 'public').joins('@mod:m').joins('@bob:b')
  return room.powerLevels('PL1', withAnn(version, { '@mod:m': 50 }))
}

for (const version of versions) {
  test(`version ${version}: of two topics the later one stays`, () => {
    const room = opening(version).topic('T1').after('PL1').topic('T2', { sender: '@mod:m' })
    assert.ok(resolve(room, 'T1', 'T2').includes('T2'))
    room.after('PL1').topic('T3', { ts: 1 })
    assert.ok(resolve(room, 'T2', 'T3').includes('T2'))
  })

  test(`version ${version}: what a ban in another branch forbids does not stay`, () => {
    const room = opening(version).bans('@ann:a', '@mod:m').after('PL1').topic('T1', { sender: '@mod:m' })
    const result = resolve(room, 'mod-ban', 'T1')
    assert.ok(result.includes('mod-ban'))
    // The topic's sender was joined when it was sent, and is banned in what the branches make together.
    assert.ok(!result.includes('T1'))
  })

  test(`version ${version}: a ban by the greater power undoes what the banned did meanwhile`, () => {
    const room = opening(version).powerLevels('PL2', withAnn(version, { '@mod:m': 50, '@bob:b': 60 }), { ban: 0 })
    room.joins('@carl:c').bans('@bob:b', '@mod:m', { ts: 2000 })
    room.after('carl-join').bans('@mod:m', '@carl:c', { ts: 1000 })
    const result = resolve(room, 'mod-ban', 'carl-ban')
    assert.ok(result.includes('mod-ban') && result.includes('carl-join'), String(result))
  })

  test(`version ${version}: power that was taken away does not come back by older power levels`, () => {
    const room = opening(version).powerLevels('PL2', withAnn(version), {}, { ts: 3000 })
    room.after('PL1').powerLevels(
      'PL3',
      withAnn(version, { '@mod:m': 50, '@bob:b': 10 }),
      {},
      {
        ...{ sender: '@mod:m', ts: 2000 },
      },
    )
    assert.ok(resolve(room, 'PL2', 'PL3').includes('PL2'))
  })

  test(`version ${version}: what is unconflicted stays, whatever else is decided`, () => {
    const room = opening(version).event('N1', { type: 'm.room.name', stateKey: '', sender: '@eve:e' })
    room.topic('T1').after('N1').topic('T2')
    assert.deepEqual(resolve(room, 'T1', 'T2'), [...room.namesIn(room.stateAfter('N1')), 'T2'].sort())
  })

  test(`version ${version}: a state that only one branch has is judged too`, () => {
    const room = opening(version).topic('T1', { sender: '@eve:e' }).after('PL1').topic('T2', { sender: '@mod:m' })
    room.after('PL1').event('N1', { type: 'm.room.name', stateKey: '', sender: '@eve:e' })
    assert.deepEqual(resolve(room, 'T1', 'PL1'), room.namesIn(room.stateAfter('PL1')))
    assert.ok(!resolve(room, 'T2', 'N1').includes('N1'))
  })

  test(`version ${version}: an event that was rejected by its state takes part`, () => {
    const room = opening(version).topic('T1', { sender: '@mod:m', rejected: true }).after('PL1').topic('T2', { ts: 1 })
    const shared = room.stateAfter('PL1')
    const states = ['T1', 'T2'].map(name => new Map([...shared, ...room.stateOf(name)]))
    assert.ok(resolvedNames(room, states).includes('T1'))
  })

  test(`version ${version}: one state alone, equal states and none at all need no resolution`, () => {
    const room = opening(version).topic('T1', { sender: '@eve:e' })
    const state = room.stateAfter('T1')
    const names = room.namesIn(state)
    assert.deepEqual(resolvedNames(room, [state]), names)
    assert.deepEqual(resolvedNames(room, [state, new Map(state)]), names)
    assert.deepEqual(resolvedNames(room, []), [])
  })

  test(`version ${version}: power events go first, with those of their auth chains that are in conflict`, () => {
    // The kick rests on the join, which is no power event; the topic rests on the older time.
    const room = opening(version).joins('@new:n').kicks('@mod:m', '@new:n').topic('T1', { ts: 1 })
    room.after('PL1').topic('T2', { ts: 2 })
    const seen: string[] = []
    resolvedNames(room, [room.stateAfter('T1'), room.stateAfter('T2')], {
      observe: event => seen.push(...room.names([event])),
    })
    assert.deepEqual(seen, ['new-join', 'new-kick', 'T1', 'T2'])
  })
}

test('version 2 starts from what is unconflicted, version 12 from nothing', () => {
  // Both branches agree that @mod:m has left; the topic was set before.
  for (const [version, stays] of [
    ['11', 'T0'],
    ['12', 'T1'],
  ] as const) {
    const room = opening(version).topic('T0').topic('T1', { sender: '@mod:m' })
    room.leaves('@mod:m', { authEvents: [...(version === '12' ? [] : ['CREATE']), 'PL1', 'mod-join'] })
    const left = room.stateAfter('mod-leave')
    const states = ['T0', 'T1'].map(name => new Map([...left, ...room.stateOf(name)]))
    assert.ok(resolvedNames(room, states).includes(stays), version)
    assert.ok(resolvedNames(room, states).includes('mod-leave'), version)
  }
})

test('the full conflicted set is the conflicted events and the auth difference; in version 12 the subgraph too', () => {
  // A topic rests on join rules that are in conflict, by way of a member on whom both states agree.
  const room = opening('12').joins('@new:n').topic('T1', { sender: '@new:n' })
  room.after('new-join').joinRule('JR2', 'invite')
  const conflict = conflictOf(room, [room.stateAfter('T1'), room.stateAfter('JR2')])
  const full = (generation: Generation) => room.names(fullConflictedSet(conflict, room.graph, generation)).sort()
  assert.deepEqual(full('v2'), ['JR', 'JR2', 'T1'])
  assert.deepEqual(full('v2.1'), ['JR', 'JR2', 'T1', 'new-join'])
})

test('whether state events count to their state’s chains can be chosen', () => {
  // The two topics rest on different people, on whom both states agree.
  const room = opening('11').topic('T1', { sender: '@mod:m' }).after('PL1').topic('T2')
  const conflict = conflictOf(room, [room.stateAfter('T1'), room.stateAfter('T2')])
  const full = (chains?: 'letter') =>
    room.names(fullConflictedSet(conflict, room.graph, 'v2', chains === undefined ? {} : { chains })).sort()
  assert.deepEqual(full(), ['T1', 'T2'])
  assert.deepEqual(full('letter'), ['T1', 'T2', 'mod-join'])
})

test('the rest is ordered by the mainline of the power levels that the first pass leaves', () => {
  // T-old rests on PL1, T-new on PL2; PL2 stays, so T-old comes first though it is later.
  const room = opening('11')
    .powerLevels('PL2', withAnn('11', { '@mod:m': 50 }))
    .topic('T-new', { ts: 1 })
  room.after('PL1').topic('T-old', { ts: 9999 })
  assert.ok(resolve(room, 'T-new', 'T-old').includes('T-new'))
})

test('a resolution needs nothing but what the graph says of the events involved', () => {
  const room = opening('11').topic('T1').after('PL1').topic('T2')
  const asked = new Set<string>()
  const graph = { ...room.graph }
  const watching = {
    ...graph,
    event(number: number) {
      asked.add(room.names([number])[0]!)
      return graph.event(number)
    },
  }
  const states = [room.stateAfter('T1'), room.stateAfter('T2')]
  const result = resolvedNames(room, states, { graph: watching, crypto: nodeCrypto })
  assert.ok(result.includes('T2'))
  assert.deepEqual([...asked].sort(), ['CREATE', 'PL1', 'T1', 'T2', 'ann-join'])
})
