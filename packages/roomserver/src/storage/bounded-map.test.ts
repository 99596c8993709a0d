import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BoundedMap } from './bounded-map.ts'

test('holds no more than its limit, and always the half that was used last', () => {
  const map = new BoundedMap<number, string>(10)
  for (let key = 1; key <= 1_000; key++) {
    map.set(key, `value ${key}`)
    assert.ok(map.size <= 10, `${map.size} entries`)
    for (let recent = Math.max(1, key - 4); recent <= key; recent++) assert.equal(map.get(recent), `value ${recent}`)
  }
  assert.equal(map.get(900), undefined)
})

test('what is used again and again stays while others come and go', () => {
  const map = new BoundedMap<string, number>(10)
  map.set('used', 0)
  for (let key = 1; key <= 1_000; key++) {
    map.set(`passing ${key}`, key)
    assert.equal(map.get('used'), 0)
  }
})

test('a value set anew takes the place of the old one, in either generation', () => {
  const map = new BoundedMap<string, number>(4)
  map.set('a', 1)
  map.set('a', 2)
  assert.equal(map.get('a'), 2)
  map.set('b', 1)
  map.set('a', 3)
  assert.equal(map.get('a'), 3)
  assert.equal(map.size, 2)
})
