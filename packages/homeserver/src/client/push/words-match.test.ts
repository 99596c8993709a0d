import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordsMatch } from './words-match.ts'

const samples: readonly (readonly [pattern: string, text: string, expected: boolean])[] = [
  ['cake', 'i like cake!', true],
  ['cake', 'i like cakes', false],
  ['cake', 'cupcakes and cake', true],
  ['cake*lie', 'the cake is a lie.', true],
  ['cake*lie', 'the cake is believed', false],
  ['c?ke', 'a coke', true],
  ['cake*', 'pancakes', false],
  ['cake*', 'cakes', true],
  ['@bob:hs1', 'hello @bob:hs1!', true],
  ['bob', 'hello @bob:hs1!', true],
  ['ça', 'ça va', true],
  ['a', 'ça', false],
  ['', 'anything', false],
]
for (const [pattern, text, expected] of samples)
  test(`${JSON.stringify(pattern)} ${expected ? 'stands' : 'does not stand'} in ${JSON.stringify(text)}`, () => {
    assert.equal(wordsMatch(pattern, text), expected)
  })

test('a pattern of many stars takes no longer than its length allows', () => {
  assert.equal(wordsMatch(`${'a*'.repeat(200)}b`, 'a'.repeat(20_000)), false)
})
