import { test } from 'node:test'
import { assertJudged } from '../../../tests/story/judge.ts'
import { type Draft, type Story, story } from '../../../tests/story/story.ts'
import type { JsonObject } from '../../canonical-json/index.ts'
import { roomVersions } from '../../room-version/index.ts'

const all = [...roomVersions.keys()]

/** @ann:a has opened the room, @bob:b is in it with 20. */
function room(version: string, more: JsonObject = {}): Story {
  const told = story(version).create('@ann:a').joins('@ann:a')
  return told.powerLevels('PL1', { '@bob:b': 20 }, more).joins('@bob:b')
}

function invite(sender: string, target: string): Draft {
  return { type: 'm.room.member', sender, stateKey: target, content: { membership: 'invite' } }
}

test('only members invite', () => {
  for (const version of all) {
    assertJudged(room(version), invite('@dan:d', '@carl:c'), 'deny invite/sender')
    assertJudged(room(version).leaves('@bob:b'), invite('@bob:b', '@carl:c'), 'deny invite/sender')
    assertJudged(room(version).invites('@ann:a', '@dan:d'), invite('@dan:d', '@carl:c'), 'deny invite/sender')
    assertJudged(room(version).bans('@ann:a', '@bob:b'), invite('@bob:b', '@bob:b'), 'deny invite/sender')
  }
})

test('members and the banned cannot be invited', () => {
  for (const version of all) {
    assertJudged(room(version), invite('@bob:b', '@ann:a'), 'deny invite/target')
    assertJudged(room(version), invite('@bob:b', '@bob:b'), 'deny invite/target')
    assertJudged(room(version).bans('@ann:a', '@carl:c'), invite('@bob:b', '@carl:c'), 'deny invite/target')
  }
})

test('strangers, those who left, knock or are invited already can be invited', () => {
  for (const version of all) {
    assertJudged(room(version), invite('@bob:b', '@carl:c'), 'allow invite/power')
    assertJudged(room(version).leaves('@carl:c'), invite('@bob:b', '@carl:c'), 'allow invite/power')
    assertJudged(room(version).knocks('@carl:c'), invite('@bob:b', '@carl:c'), 'allow invite/power')
    assertJudged(room(version).invites('@ann:a', '@carl:c'), invite('@bob:b', '@carl:c'), 'allow invite/power')
  }
})

test('inviting needs the invite level, which is 0 by default', () => {
  for (const version of all) {
    assertJudged(room(version, { invite: 20 }), invite('@bob:b', '@carl:c'), 'allow invite/power')
    assertJudged(room(version, { invite: 21 }), invite('@bob:b', '@carl:c'), 'deny invite/otherwise')
    assertJudged(
      room(version, { users_default: -1 }).joins('@eve:e'),
      invite('@eve:e', '@carl:c'),
      'deny invite/otherwise',
    )
    assertJudged(room(version).joins('@eve:e'), invite('@eve:e', '@carl:c'), 'allow invite/power')
  }
})

test('without power levels anyone in the room invites', () => {
  for (const version of all) {
    const told = story(version).create('@ann:a').joins('@ann:a').joins('@bob:b')
    assertJudged(told, invite('@bob:b', '@carl:c'), 'allow invite/power')
  }
})

test('the target’s power is no matter', () => {
  const told = room('11').powerLevels('PL2', { '@bob:b': 20, '@carl:c': 100 })
  assertJudged(told, invite('@bob:b', '@carl:c'), 'allow invite/power')
})

test('the join rule is no matter', () => {
  for (const rule of ['private', 'public', 'knock', 'restricted'])
    assertJudged(room('11').joinRule('JR', rule), invite('@bob:b', '@carl:c'), 'allow invite/power')
})
