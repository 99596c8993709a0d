import assert from 'node:assert/strict'
import { test } from 'node:test'
import { story } from '../../tests/story/story.ts'
import type { JsonObject } from '../canonical-json/index.ts'
import { additionalCreators, isCreator, roomCreator } from './creators.ts'

const create = (version: string, content: JsonObject) => story(version).create('@ann:a', content).get('CREATE')

test('until version 10 the creator is whom the content names, from 11 on the sender', () => {
  for (const version of ['1', '5', '10'])
    assert.equal(roomCreator(create(version, { creator: '@bob:b' })), '@bob:b', version)
  for (const version of ['11', '12'])
    assert.equal(roomCreator(create(version, { creator: '@bob:b' })), '@ann:a', version)
})

test('until version 10 a content that names nobody makes nobody creator', () => {
  for (const creator of [7, null, ['@ann:a']]) assert.equal(roomCreator(create('10', { creator })), undefined)
})

test('additional creators are creators in version 12 only', () => {
  const content = { additional_creators: ['@bob:b', '@carl:c'] }
  assert.deepEqual(additionalCreators(create('12', content)), ['@bob:b', '@carl:c'])
  assert.equal(isCreator('@bob:b', create('12', content)), true)
  assert.equal(isCreator('@dan:d', create('12', content)), false)
  assert.deepEqual(additionalCreators(create('11', content)), [])
  assert.equal(isCreator('@bob:b', create('11', content)), false)
})

test('the sender stays a creator beside additional ones', () => {
  assert.equal(isCreator('@ann:a', create('12', { additional_creators: ['@bob:b'] })), true)
})
