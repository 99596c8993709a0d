import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteBudget } from './byte-budget.ts'

test('what was used least recently goes first, of whichever cache', () => {
  const budget = new ByteBudget(100)
  const words = budget.cache<number, string>(word => word.length)
  const lists = budget.cache<string, number[]>(list => 10 * list.length)
  words.set(1, 'x'.repeat(40))
  lists.set('a', [1, 2, 3])
  words.set(2, 'y'.repeat(30))
  assert.equal(budget.used, 100)
  assert.equal(words.get(1)?.length, 40)
  words.set(3, 'z')
  assert.equal(lists.get('a'), undefined)
  assert.deepEqual([words.get(1)?.length, words.get(2)?.length, words.get(3)], [40, 30, 'z'])
  assert.equal(budget.used, 71)
})

test('a value that has grown is counted anew', () => {
  const budget = new ByteBudget(100)
  const cache = budget.cache<number, number[]>(list => list.length)
  cache.set(1, [1])
  cache.set(1, [1, 2, 3])
  assert.deepEqual([budget.used, cache.size], [3, 1])
  cache.delete(1)
  assert.deepEqual([budget.used, cache.size, cache.get(1)], [0, 0, undefined])
})

test('what is larger than the budget is not kept and drives nothing out', () => {
  const budget = new ByteBudget(10)
  const cache = budget.cache<number, number>(bytes => bytes)
  cache.set(1, 5)
  cache.set(2, 11)
  assert.deepEqual([cache.get(1), cache.get(2), budget.used], [5, undefined, 5])
})

test('what has certain keys can be dropped', () => {
  const budget = new ByteBudget(100)
  const cache = budget.cache<number, number>(() => 1)
  for (let key = 0; key < 10; key++) cache.set(key, key)
  cache.deleteWhere(key => key % 2 === 0)
  assert.deepEqual([cache.size, budget.used, cache.get(4), cache.get(5)], [5, 5, undefined, 5])
})
