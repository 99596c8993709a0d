import { test } from 'node:test'
import { assertJudged } from '../../tests/story/judge.ts'
import { type Draft, story } from '../../tests/story/story.ts'
import type { JsonObject } from '../canonical-json/index.ts'
import { roomVersions } from '../room-version/index.ts'

const all = [...roomVersions.keys()]

/** A create event by @ann:a with all that its version asks for. */
function create(version: string, content: JsonObject = {}, more: Partial<Draft> = {}): Draft {
  const { auth } = roomVersions.get(version)!
  const creator = auth.creatorInContent ? { creator: '@ann:a' } : {}
  return { type: 'm.room.create', stateKey: '', sender: '@ann:a', content: { ...creator, ...content }, ...more }
}

test('a create event that comes first is allowed in all versions', () => {
  for (const version of all) assertJudged(story(version), create(version), 'allow create/allow')
})

test('a create event that comes after another event is denied in all versions', () => {
  for (const version of all) {
    const room = story(version).create('@ann:a').joins('@ann:a')
    assertJudged(room, create(version), 'deny create/prev-events')
  }
})

test('until version 11 a room ID of another domain than the sender’s is denied', () => {
  const foreign: Partial<Draft> = { roomId: '!room:b' }
  for (const version of all.slice(0, 11))
    assertJudged(story(version), create(version, {}, foreign), 'deny create/room-id-domain')
  // A port belongs to the domain.
  assertJudged(story('11'), create('11', {}, { roomId: '!room:a:8448' }), 'deny create/room-id-domain')
  assertJudged(story('11'), create('11', {}, { roomId: '!room' }), 'deny create/room-id-domain')
  assertJudged(story('11'), create('11', {}, { roomId: '!ro:a' }), 'allow create/allow')
})

test('in version 12 any room ID is denied, be it the right one', () => {
  for (const roomId of ['!room:a', `!${'NEW'.padEnd(43, '-')}`])
    assertJudged(story('12'), create('12', {}, { roomId }), 'deny create/has-room-id')
})

test('a room version that is not known is denied, and none at all is version 1', () => {
  const unknown = ['13', 'org.example.custom', '', ' 1', 1, null, ['1'], {}]
  for (const version of all) {
    for (const room_version of unknown)
      assertJudged(story(version), create(version, { room_version }), 'deny create/room-version')
    assertJudged(story(version), create(version, { room_version: version }), 'allow create/allow')
  }
  assertJudged(story('1'), create('1'), 'allow create/allow')
})

test('until version 10 the content must name a creator, and need not since 11', () => {
  for (const version of all) {
    const without: Draft = { ...create(version), content: {} }
    const needed = all.indexOf(version) < all.indexOf('11')
    assertJudged(story(version), without, needed ? 'deny create/creator' : 'allow create/allow')
  }
})

test('until version 10 the creator need not be the sender, nor anybody', () => {
  for (const creator of ['@bob:b', 7, null]) assertJudged(story('10'), create('10', { creator }), 'allow create/allow')
})

test('in version 12 additional creators must be an array of user IDs', () => {
  const longest = `@${'b'.repeat(252)}:b`
  const denied = [
    null,
    '@bob:b',
    {},
    [7],
    [null],
    ['@bob:b', 'carl:c'],
    ['@bob'],
    ['bob'],
    [''],
    ['@bob:'],
    ['#bob:b'],
    ['@b\0b:b'],
    [['@bob:b']],
    [`${longest}b`],
    // 255 characters, but 256 bytes
    [`@é${'b'.repeat(251)}:b`],
  ]
  for (const additional_creators of denied)
    assertJudged(
      story('12'),
      create('12', { additional_creators }),
      'deny create/additional-creators',
      JSON.stringify(additional_creators),
    )
})

test('in version 12 additional creators may be nobody, and anyone by the historical grammar of user IDs', () => {
  const longest = `@${'b'.repeat(252)}:b`
  for (const additional_creators of [[], ['@bob:b', '@bob:b'], ['@:b'], ['@Bób 🙂:b'], ['@ann:a'], [longest]])
    assertJudged(story('12'), create('12', { additional_creators }), 'allow create/allow')
})

test('until version 11 additional creators mean nothing', () => {
  for (const version of all.slice(0, 11))
    assertJudged(story(version), create(version, { additional_creators: 'nonsense' }), 'allow create/allow')
})
