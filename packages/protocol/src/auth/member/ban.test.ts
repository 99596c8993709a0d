import { test } from 'node:test'
import { assertJudged } from '../../../tests/story/judge.ts'
import { type Draft, type Story, story } from '../../../tests/story/story.ts'
import type { JsonObject } from '../../canonical-json/index.ts'
import { roomVersions } from '../../room-version/index.ts'

const all = [...roomVersions.keys()]

/** @mod:m has 50, @half:m has 30, @carl:c has none; all are in the room, which @ann:a has opened. */
function room(version: string, more: JsonObject = {}): Story {
  const told = story(version).create('@ann:a').joins('@ann:a')
  told.powerLevels('PL1', { '@mod:m': 50, '@half:m': 30 }, more)
  return told.joins('@mod:m').joins('@half:m').joins('@carl:c')
}

function ban(sender: string, target: string): Draft {
  return { type: 'm.room.member', sender, stateKey: target, content: { membership: 'ban' } }
}

test('only members ban', () => {
  for (const version of all) {
    assertJudged(room(version).leaves('@mod:m'), ban('@mod:m', '@carl:c'), 'deny ban/sender')
    assertJudged(room(version).invites('@ann:a', '@mod:m'), ban('@mod:m', '@carl:c'), 'deny ban/sender')
    assertJudged(room(version), ban('@dan:d', '@carl:c'), 'deny ban/sender')
  }
})

test('banning needs the ban level, whatever the kick level', () => {
  for (const version of all) {
    assertJudged(room(version), ban('@mod:m', '@carl:c'), 'allow ban/power', 'default 50')
    assertJudged(room(version, { ban: 51, kick: 0 }), ban('@mod:m', '@carl:c'), 'deny ban/otherwise')
    assertJudged(room(version), ban('@half:m', '@carl:c'), 'deny ban/otherwise')
    assertJudged(room(version, { ban: 30, kick: 100 }), ban('@half:m', '@carl:c'), 'allow ban/power')
  }
})

test('banning needs more power than the target has', () => {
  for (const version of all) {
    const told = room(version).powerLevels('PL2', { '@mod:m': 50, '@same:s': 50, '@more:s': 51 })
    assertJudged(told, ban('@mod:m', '@same:s'), 'deny ban/otherwise')
    assertJudged(told, ban('@mod:m', '@more:s'), 'deny ban/otherwise')
    assertJudged(told, ban('@mod:m', '@half:m'), 'allow ban/power')
    assertJudged(told, ban('@mod:m', '@mod:m'), 'deny ban/otherwise', 'oneself')
  }
})

test('strangers, the invited, those who left and the banned can be banned', () => {
  for (const version of all) {
    assertJudged(room(version), ban('@mod:m', '@dan:d'), 'allow ban/power')
    assertJudged(room(version).invites('@ann:a', '@dan:d'), ban('@mod:m', '@dan:d'), 'allow ban/power')
    assertJudged(room(version).leaves('@carl:c'), ban('@mod:m', '@carl:c'), 'allow ban/power')
    assertJudged(room(version).bans('@ann:a', '@carl:c'), ban('@mod:m', '@carl:c'), 'allow ban/power')
  }
})

test('in version 12 nobody bans a creator, not even another creator', () => {
  const told = story('12')
    .create('@ann:a', { additional_creators: ['@bob:b'] })
    .joins('@ann:a')
    .joins('@bob:b')
  told.powerLevels('PL1', { '@admin:m': Number.MAX_SAFE_INTEGER }).joins('@admin:m')
  for (const [sender, target] of [
    ['@admin:m', '@ann:a'],
    ['@admin:m', '@bob:b'],
    ['@ann:a', '@bob:b'],
    ['@bob:b', '@ann:a'],
  ] as const)
    assertJudged(told, ban(sender, target), 'deny ban/otherwise', `${sender} bans ${target}`)
  assertJudged(told, ban('@bob:b', '@admin:m'), 'allow ban/power')
})

test('without power levels the creator bans, and nobody else', () => {
  for (const version of all) {
    const told = story(version).create('@ann:a').joins('@ann:a').joins('@bob:b')
    assertJudged(told, ban('@ann:a', '@bob:b'), 'allow ban/power')
    assertJudged(told, ban('@bob:b', '@carl:c'), 'deny ban/otherwise')
  }
})
