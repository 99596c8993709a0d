import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permutations } from '../../tests/story/resolution.ts'
import { type Story, story } from '../../tests/story/story.ts'
import { powerSort } from './power-sort.ts'

/** The order in which events are sorted; the order in which they come in must not matter. */
function order(room: Story, ...names: readonly string[]): string[] {
  const orders = permutations(names).map(input => room.names(powerSort(room.numbers(...input), room.graph)))
  for (const other of orders) assert.deepEqual(other, orders[0])
  return orders[0] ?? []
}

/** @mod:m has 50, @bob:b has 20; everyone is in the room. */
function opening(version: string): Story {
  const room = story(version).create('@ann:a').joins('@ann:a').joinRule('JR', 'public').joins('@mod:m').joins('@bob:b')
  return room.powerLevels('PL1', { '@mod:m': 50, '@bob:b': 20 })
}

test('an event comes after its auth events, whatever the power of their senders', () => {
  const room = opening('11')
  room.topic('T-mod', { sender: '@mod:m', authEvents: ['CREATE', 'PL1', 'mod-join', 'bob-join'], ts: 1 })
  assert.deepEqual(order(room, 'T-mod', 'bob-join', 'PL1'), ['PL1', 'bob-join', 'T-mod'])
  assert.deepEqual(order(room, 'T-mod', 'bob-join', 'CREATE', 'JR'), ['CREATE', 'JR', 'bob-join', 'T-mod'])
})

test('where several could come next, the greater power of the sender goes first', () => {
  const room = opening('11').topic('T-bob', { sender: '@bob:b', ts: 1 }).topic('T-mod', { sender: '@mod:m', ts: 2 })
  room.topic('T-ann', { sender: '@ann:a', ts: 0 })
  assert.deepEqual(order(room, 'T-bob', 'T-mod', 'T-ann'), ['T-mod', 'T-bob', 'T-ann'])
})

test('at equal power the earlier timestamp goes first', () => {
  const room = opening('11').topic('A', { sender: '@mod:m', ts: 3 }).topic('B', { sender: '@mod:m', ts: 1 })
  room.topic('C', { sender: '@mod:m', ts: 2 })
  assert.deepEqual(order(room, 'A', 'B', 'C'), ['B', 'C', 'A'])
})

test('timestamps compare as numbers, negative ones and those beyond 2^53 too', () => {
  const room = opening('2')
    .topic('A', { ts: 2n ** 60n + 1n })
    .topic('B', { ts: 2n ** 60n })
    .topic('C', { ts: 10 })
  room.topic('D', { ts: 9 }).topic('E', { ts: -1 })
  assert.deepEqual(order(room, 'A', 'B', 'C', 'D', 'E'), ['E', 'D', 'C', 'B', 'A'])
})

test('at equal power and time the smaller event ID goes first', () => {
  const room = opening('11').topic('B', { ts: 1 }).topic('a', { ts: 1 }).topic('A', { ts: 1 }).topic('_', { ts: 1 })
  // By ASCII, not by alphabet: capitals, underscore, small letters.
  assert.deepEqual(order(room, 'B', 'a', 'A', '_'), ['A', 'B', '_', 'a'])
})

test('event IDs compare by code point, not by UTF-16 unit', () => {
  const room = opening('2').topic('astral', { ts: 1, eventId: '$\u{1f600}:a' })
  room.topic('tilde', { ts: 1, eventId: '$\uff5e:a' }).topic('private', { ts: 1, eventId: '$\ue000:a' })
  assert.deepEqual(order(room, 'astral', 'tilde', 'private'), ['private', 'tilde', 'astral'])
})

test('power is that of the event’s own auth events, not of the newest power levels', () => {
  const room = opening('11').topic('T-mod', { sender: '@mod:m' })
  room.powerLevels('PL2', { '@bob:b': 70 }).topic('T-bob', { sender: '@bob:b' })
  assert.deepEqual(order(room, 'T-mod', 'T-bob'), ['T-bob', 'T-mod'])
  room.after('PL1').topic('T-bob-1', { sender: '@bob:b' })
  assert.deepEqual(order(room, 'T-mod', 'T-bob-1'), ['T-mod', 'T-bob-1'])
})

test('power levels compare by value: written as strings, and beyond 2^53', () => {
  const room = story('5').create('@ann:a').joins('@ann:a')
  const users = { '@a:x': '9', '@b:x': ' +010 ', '@c:x': 2n ** 60n, '@d:x': 2n ** 60n + 1n }
  room.powerLevels('PL1', users)
  for (const user of ['a', 'b', 'c', 'd']) room.topic(`T-${user}`, { sender: `@${user}:x` })
  assert.deepEqual(order(room, 'T-a', 'T-b', 'T-c', 'T-d'), ['T-d', 'T-c', 'T-b', 'T-a'])
})

test('in version 12 creators go before everyone, however high the others’ levels', () => {
  const room = story('12')
    .create('@ann:a', { additional_creators: ['@bob:b'] })
    .joins('@ann:a')
    .joins('@bob:b')
  room.powerLevels('PL1', { '@mod:m': 101, '@admin:m': Number.MAX_SAFE_INTEGER }).joins('@mod:m').joins('@admin:m')
  room.topic('T-mod', { sender: '@mod:m', ts: 1 }).topic('T-admin', { sender: '@admin:m', ts: 2 })
  room.topic('T-bob', { sender: '@bob:b', ts: 3 }).topic('T-ann', { sender: '@ann:a', ts: 4 })
  assert.deepEqual(order(room, 'T-mod', 'T-admin', 'T-bob', 'T-ann'), ['T-bob', 'T-ann', 'T-admin', 'T-mod'])
})

test('until version 11 a creator has the level that the power levels give', () => {
  const room = opening('11').powerLevels('PL2', { '@ann:a': 100, '@mod:m': 101 })
  room.topic('T-ann', { ts: 1 }).topic('T-mod', { sender: '@mod:m', ts: 2 })
  assert.deepEqual(order(room, 'T-ann', 'T-mod'), ['T-mod', 'T-ann'])
})

test('each next event is the first of those that have become free, not of all', () => {
  // B waits for A; once A is out, B's greater power puts it before C, which was free all along.
  const room = opening('11').topic('A', { sender: '@bob:b', ts: 1 })
  room.topic('B', { sender: '@mod:m', authEvents: ['CREATE', 'PL1', 'mod-join', 'A'] })
  room.topic('C', { sender: '@bob:b', ts: 2 })
  assert.deepEqual(order(room, 'A', 'B', 'C'), ['A', 'B', 'C'])
})

test('a way that leads out of the set and back orders nothing', () => {
  const auth = ['CREATE', 'PL1', 'ann-join']
  const room = opening('11')
    .topic('A', { ts: 2 })
    .topic('B', { authEvents: [...auth, 'A'] })
  room.topic('C', { ts: 1, authEvents: [...auth, 'B'] })
  assert.deepEqual(order(room, 'A', 'B', 'C'), ['A', 'B', 'C'])
  assert.deepEqual(order(room, 'A', 'C'), ['C', 'A'])
})

test('many events are sorted as few are', () => {
  const room = opening('11')
  const names = Array.from({ length: 500 }, (_, i) => `T${i}`)
  // 499 * 7 mod 500 and so on: every timestamp once, in no order.
  for (const [i, name] of names.entries()) room.topic(name, { ts: (i * 7) % 500 })
  const sorted = powerSort(room.numbers(...names), room.graph)
  const times = sorted.map(number => room.graph.event(number).originServerTs)
  assert.deepEqual(
    times,
    Array.from({ length: 500 }, (_, i) => i),
  )
})
