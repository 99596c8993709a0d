import assert from 'node:assert/strict'
import { test } from 'node:test'
import { story } from '../../tests/story/story.ts'
import { strippedState, strippedStateTypes } from './stripped-state.ts'

test('stripped state is type, state key, sender and content, and nothing else', () => {
  const room = story('11')
    .create('@ann:a')
    .joins('@ann:a', { content: { displayname: 'Ann' } })
  assert.deepEqual(
    { ...strippedState(room.get('ann-join')) },
    {
      type: 'm.room.member',
      state_key: '@ann:a',
      sender: '@ann:a',
      content: room.get('ann-join').content,
    },
  )
})

test('what is no state event has no stripped form', () => {
  const room = story('11').create('@ann:a').event('M1', { type: 'm.room.message' })
  assert.throws(() => strippedState(room.get('M1')), RangeError)
})

test('the state that goes with invites is what the client-server API lists', () => {
  assert.deepEqual([...strippedStateTypes].sort(), [
    'm.room.avatar',
    'm.room.canonical_alias',
    'm.room.create',
    'm.room.encryption',
    'm.room.join_rules',
    'm.room.name',
    'm.room.topic',
  ])
})
