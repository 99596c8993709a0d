/**
 * When what is held beside a budget has to go: not with everything that the caches drop.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteBudget } from './byte-budget.ts'
import { HeldBeside } from './held-beside.ts'

function fullBudget(limit: number) {
  const budget = new ByteBudget(limit)
  const cache = budget.cache<number, number>(bytes => bytes)
  return { cache, beside: new HeldBeside(budget) }
}

test('nothing has to go while the caches have room', () => {
  const { cache, beside } = fullBudget(1_600)
  for (let key = 0; key < 16; key++) cache.set(key, 100)
  assert.equal(beside.isTooMuch, false)
})

test('all has to go once a sixteenth of the budget was dropped, and then not again before as much more was', () => {
  const { cache, beside } = fullBudget(1_600)
  for (let key = 0; key < 17; key++) cache.set(key, 100)
  assert.equal(beside.isTooMuch, false, 'a sixteenth may be held')
  cache.set(17, 100)
  assert.equal(beside.isTooMuch, true)
  assert.equal(beside.isTooMuch, false, 'once for as much as was dropped')
  cache.set(18, 100)
  assert.equal(beside.isTooMuch, false)
  cache.set(19, 100)
  assert.equal(beside.isTooMuch, true)
})
