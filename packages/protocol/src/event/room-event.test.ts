import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Draft, story } from '../../tests/story/story.ts'
import { signedText } from './hashes.ts'

test('an event and its redacted form have the same ID, the same place in the room, and the same text to sign', () => {
  for (const version of ['1', '6', '8', '11', '12']) {
    const room = story(version)
      .create('@ann:a')
      .joins('@ann:a', { content: { displayname: 'Ann' } })
    const event = room.get('ann-join')
    const redacted = event.redacted()
    assert.deepEqual({ ...redacted.content }, { membership: 'join' })
    assert.deepEqual({ ...event.content }, { membership: 'join', displayname: 'Ann' })
    for (const key of ['eventId', 'roomId', 'type', 'stateKey', 'sender', 'depth', 'prevEvents', 'authEvents'] as const)
      assert.deepEqual(redacted[key], event[key], key)
    assert.equal(redacted.signedText, event.signedText)
    assert.equal(event.signedText, signedText(redacted.json, redacted.rules))
  }
})

test('a redacted redaction still names its target since version 11, before that no longer', () => {
  const redaction: Draft = { type: 'm.room.redaction', redacts: '$target' }
  for (const version of ['1', '10', '11', '12']) {
    const event = story(version).create('@ann:a').build(redaction)
    assert.equal(event.redacts, '$target')
    assert.equal(event.redacted().redacts, Number(version) >= 11 ? '$target' : undefined, version)
  }
})
