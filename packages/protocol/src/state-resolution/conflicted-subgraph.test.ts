import assert from 'node:assert/strict'
import { test } from 'node:test'
import { story } from '../../tests/story/story.ts'
import { conflictedSubgraph } from './conflicted-subgraph.ts'

/** Each topic rests on those named, and on nothing else. */
function chain(auth: Readonly<Record<string, readonly string[]>>) {
  const room = story('12')
  for (const [name, authEvents] of Object.entries(auth)) room.topic(name, { authEvents })
  return (...conflicted: readonly string[]) =>
    room.names(conflictedSubgraph(room.numbers(...conflicted), room.graph)).sort()
}

test('an event on a path from one conflicted event to another is in the subgraph, with both ends', () => {
  const subgraph = chain({ A: [], B: ['A'], C: ['B'], D: ['C'] })
  assert.deepEqual(subgraph('A', 'D'), ['A', 'B', 'C', 'D'])
  assert.deepEqual(subgraph('B', 'D'), ['B', 'C', 'D'])
})

test('an event that only leads down from conflicted events is not in it', () => {
  const subgraph = chain({ A: [], B: ['A'], C: ['A'], D: ['B', 'C'] })
  assert.deepEqual(subgraph('B', 'C'), ['B', 'C'])
  assert.deepEqual(subgraph('B', 'D'), ['B', 'D'])
})

test('an event that only leads down to a conflicted event is not in it', () => {
  const subgraph = chain({ A: [], B: ['A'], C: ['A'], D: ['C'] })
  assert.deepEqual(subgraph('A', 'B'), ['A', 'B'])
})

test('all paths count, not just one', () => {
  const subgraph = chain({ A: [], B: ['A'], C: ['A'], D: [], E: ['B', 'C', 'D'] })
  assert.deepEqual(subgraph('A', 'E'), ['A', 'B', 'C', 'E'])
})

test('conflicted events with no path between them bring in nothing else', () => {
  const subgraph = chain({ A: [], B: [], C: ['A'], D: ['B'] })
  assert.deepEqual(subgraph('C', 'D'), ['C', 'D'])
  assert.deepEqual(subgraph(), [])
})

test('a path may pass through a conflicted event', () => {
  const subgraph = chain({ A: [], B: ['A'], C: ['B'], D: ['C'], E: ['D'] })
  assert.deepEqual(subgraph('A', 'C', 'E'), ['A', 'B', 'C', 'D', 'E'])
})

test('a member through whom a conflicted event rests on conflicted join rules is in it', () => {
  const room = story('12').create('@ann:a').joins('@ann:a').powerLevels('PL1', {}).joinRule('JR', 'public')
  room.joins('@bob:b').topic('T1', { sender: '@bob:b' })
  const subgraph = conflictedSubgraph(room.numbers('JR', 'T1'), room.graph)
  assert.deepEqual(room.names(subgraph).sort(), ['JR', 'T1', 'bob-join'])
})

test('paths may be very long, and very many', () => {
  const size = 200_000
  const { graph } = story('12')
  const long = { ...graph, size, authEvents: (event: number) => (event === 0 ? [] : [event - 1]) }
  assert.equal(conflictedSubgraph(new Set([0, size - 1]), long).size, size)
  const many = { ...long, authEvents: (event: number) => (event < 2 ? [] : [event - 1, event - 2]) }
  assert.equal(conflictedSubgraph(new Set([0, size - 1]), many).size, size - 1)
})
