import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permutations } from '../../tests/story/resolution.ts'
import { type Story, story } from '../../tests/story/story.ts'
import { mainlineSort } from './mainline-sort.ts'

/** The order by the mainline of a power levels event; the order in which events come in must not matter. */
function order(room: Story, mainlineOf: string | undefined, ...names: readonly string[]): string[] {
  const powerLevels = mainlineOf === undefined ? undefined : room.number(mainlineOf)
  const orders = permutations(names).map(input =>
    room.names(mainlineSort(room.numbers(...input), powerLevels, room.graph)),
  )
  for (const other of orders) assert.deepEqual(other, orders[0])
  return orders[0] ?? []
}

/** PL1, PL2, PL3, each resting on the one before; a topic on each, and one on none. All later, the older they rest on. */
function mainline(): Story {
  const room = story('11').create('@ann:a').joins('@ann:a').topic('T0', { ts: 40 })
  room.powerLevels('PL1', { '@ann:a': 100 }).topic('T1', { ts: 30 })
  room.powerLevels('PL2', { '@ann:a': 100 }).topic('T2', { ts: 20 })
  return room.powerLevels('PL3', { '@ann:a': 100 }).topic('T3', { ts: 10 })
}

test('an event that rests on older power levels comes first, whatever its timestamp', () => {
  assert.deepEqual(order(mainline(), 'PL3', 'T3', 'T2', 'T1'), ['T1', 'T2', 'T3'])
})

test('an event with no mainline ancestor sorts before one whose ancestor is the oldest power levels event', () => {
  assert.deepEqual(order(mainline(), 'PL3', 'T1', 'T0'), ['T0', 'T1'])
  assert.deepEqual(order(mainline(), 'PL1', 'T1', 'T0'), ['T0', 'T1'])
})

test('a power levels event is placed by the one that it rests on, not by itself', () => {
  const room = mainline().topic('T2-early', { ts: 1, authEvents: ['CREATE', 'ann-join', 'PL2'] })
  // PL3 rests on PL2, so T2-early and T2 are its equals and time decides; T3 rests on PL3.
  assert.deepEqual(order(room, 'PL3', 'PL3', 'T2', 'T2-early', 'T3'), ['T2-early', 'T2', 'PL3', 'T3'])
  // PL1 rests on none, like T0.
  assert.deepEqual(order(room, 'PL3', 'PL1', 'T0', 'PL2', 'T1'), ['T0', 'PL1', 'T1', 'PL2'])
})

test('an event on power levels off the mainline is placed by where these leave it', () => {
  const room = mainline().after('PL1').powerLevels('PL2b', { '@ann:a': 100 }).powerLevels('PL3b', { '@ann:a': 100 })
  room.topic('T3b', { ts: 5 })
  assert.deepEqual(order(room, 'PL3', 'T3b', 'T1', 'T2'), ['T3b', 'T1', 'T2'])
  assert.deepEqual(order(room, 'PL3b', 'T3b', 'T1', 'T2', 'T3'), ['T3', 'T2', 'T1', 'T3b'])
})

test('power levels of another line altogether are as none', () => {
  const room = mainline()
    .powerLevels('PLx', {}, {}, { authEvents: ['CREATE', 'ann-join'] })
    .topic('Tx', { ts: 50 })
  assert.deepEqual(order(room, 'PL3', 'Tx', 'T0', 'T1'), ['T0', 'Tx', 'T1'])
})

test('at equal positions the earlier timestamp goes first, then the smaller event ID by code point', () => {
  const room = story('2').create('@ann:a').joins('@ann:a').powerLevels('PL1', { '@ann:a': 100 })
  room.topic('late', { ts: 2 }).topic('astral', { ts: 1, eventId: '$\u{1f600}:a' })
  room.topic('tilde', { ts: 1, eventId: '$\uff5e:a' }).topic('small', { ts: 1, eventId: '$a:a' })
  assert.deepEqual(order(room, 'PL1', 'late', 'astral', 'tilde', 'small'), ['small', 'tilde', 'astral', 'late'])
})

test('without a mainline timestamps and event IDs decide alone', () => {
  assert.deepEqual(order(mainline(), undefined, 'T0', 'T1', 'T2', 'T3'), ['T3', 'T2', 'T1', 'T0'])
})

test('a long way to the mainline is no deep recursion', () => {
  const room = mainline()
  const number = room.number('PL1')
  const size = 100_000
  const { graph } = room
  const event = graph.event(number)
  const long = {
    ...graph,
    size,
    event: () => event,
    keyOf: () => graph.keyOf(number),
    authEvents: (at: number) => (at === 0 ? [] : [at - 1]),
  }
  assert.deepEqual(mainlineSort([size - 1], 0, long), [size - 1])
  assert.deepEqual(mainlineSort([1], size - 1, long), [1])
})
