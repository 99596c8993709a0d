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

function leave(sender: string, target = sender): Draft {
  return { type: 'm.room.member', sender, stateKey: target, content: { membership: 'leave' } }
}

test('one leaves a room that one is in, and refuses an invite', () => {
  for (const version of all) {
    assertJudged(room(version), leave('@carl:c'), 'allow leave/self')
    assertJudged(room(version).invites('@mod:m', '@dan:d'), leave('@dan:d'), 'allow leave/self')
  }
})

test('since version 7 one withdraws a knock, before there was none to withdraw', () => {
  for (const version of all) {
    const known = all.indexOf(version) >= all.indexOf('7')
    assertJudged(room(version).knocks('@dan:d'), leave('@dan:d'), known ? 'allow leave/self' : 'deny leave/self')
  }
})

test('one does not leave twice, nor what one was never in, nor a ban', () => {
  for (const version of all) {
    assertJudged(room(version).leaves('@carl:c'), leave('@carl:c'), 'deny leave/self')
    assertJudged(room(version), leave('@dan:d'), 'deny leave/self')
    assertJudged(room(version).bans('@ann:a', '@mod:m'), leave('@mod:m'), 'deny leave/self')
  }
})

test('only members remove others', () => {
  for (const version of all) {
    assertJudged(room(version).leaves('@mod:m'), leave('@mod:m', '@carl:c'), 'deny leave/sender')
    assertJudged(room(version).invites('@ann:a', '@mod:m'), leave('@mod:m', '@carl:c'), 'deny leave/sender')
    assertJudged(room(version).bans('@ann:a', '@mod:m'), leave('@mod:m', '@carl:c'), 'deny leave/sender')
    assertJudged(room(version), leave('@dan:d', '@carl:c'), 'deny leave/sender')
  }
})

test('kicking needs the kick level', () => {
  for (const version of all) {
    assertJudged(room(version), leave('@mod:m', '@carl:c'), 'allow leave/kick', 'default 50')
    assertJudged(room(version, { kick: 51 }), leave('@mod:m', '@carl:c'), 'deny leave/otherwise')
    assertJudged(room(version), leave('@half:m', '@carl:c'), 'deny leave/otherwise')
    assertJudged(room(version, { kick: 30 }), leave('@half:m', '@carl:c'), 'allow leave/kick')
  }
})

test('kicking needs more power than the target has', () => {
  for (const version of all) {
    const told = room(version).powerLevels('PL2', { '@mod:m': 50, '@same:s': 50, '@more:s': 51 })
    told.joins('@same:s').joins('@more:s')
    assertJudged(told, leave('@mod:m', '@same:s'), 'deny leave/otherwise')
    assertJudged(told, leave('@mod:m', '@more:s'), 'deny leave/otherwise')
    assertJudged(told, leave('@mod:m', '@half:m'), 'allow leave/kick')
  }
})

test('invites and knocks of others are withdrawn by a kick, and even who is not there can be kicked', () => {
  for (const version of all) {
    assertJudged(room(version).invites('@carl:c', '@dan:d'), leave('@mod:m', '@dan:d'), 'allow leave/kick')
    assertJudged(room(version).invites('@carl:c', '@dan:d'), leave('@carl:c', '@dan:d'), 'deny leave/otherwise')
    assertJudged(room(version).knocks('@dan:d'), leave('@mod:m', '@dan:d'), 'allow leave/kick')
    assertJudged(room(version), leave('@mod:m', '@dan:d'), 'allow leave/kick')
  }
})

test('lifting a ban needs the ban level and the kick level', () => {
  for (const version of all) {
    const banned = (levels: JsonObject) => room(version, levels).bans('@ann:a', '@dan:d')
    assertJudged(banned({}), leave('@mod:m', '@dan:d'), 'allow leave/kick')
    assertJudged(banned({ ban: 50, kick: 50 }), leave('@mod:m', '@dan:d'), 'allow leave/kick')
    assertJudged(banned({ ban: 51, kick: 0 }), leave('@mod:m', '@dan:d'), 'deny leave/unban')
    assertJudged(banned({ ban: 0, kick: 51 }), leave('@mod:m', '@dan:d'), 'deny leave/otherwise')
    assertJudged(banned({ ban: 51, kick: 51 }), leave('@mod:m', '@dan:d'), 'deny leave/unban')
  }
})

test('lifting a ban needs more power than the banned has', () => {
  for (const version of all) {
    const told = room(version).bans('@ann:a', '@dan:d').powerLevels('PL2', { '@mod:m': 50, '@dan:d': 50 })
    assertJudged(told, leave('@mod:m', '@dan:d'), 'deny leave/otherwise')
  }
})

test('the ban level is no matter where nobody is banned', () => {
  for (const version of all) assertJudged(room(version, { ban: 100 }), leave('@mod:m', '@carl:c'), 'allow leave/kick')
})

test('in version 12 nobody kicks a creator, not even another creator', () => {
  const told = story('12')
    .create('@ann:a', { additional_creators: ['@bob:b'] })
    .joins('@ann:a')
    .joins('@bob:b')
  told.powerLevels('PL1', { '@admin:m': Number.MAX_SAFE_INTEGER }).joins('@admin:m')
  for (const creator of ['@ann:a', '@bob:b']) {
    assertJudged(told, leave('@admin:m', creator), 'deny leave/otherwise')
    assertJudged(told, leave(creator, '@admin:m'), 'allow leave/kick')
    assertJudged(told, leave(creator), 'allow leave/self')
  }
  assertJudged(told, leave('@ann:a', '@bob:b'), 'deny leave/otherwise')
  assertJudged(told, leave('@bob:b', '@ann:a'), 'deny leave/otherwise')
})

test('until version 11 a creator is kicked like anybody', () => {
  for (const version of all.slice(0, 11)) {
    assertJudged(room(version), leave('@mod:m', '@ann:a'), 'allow leave/kick')
    const told = story(version).create('@ann:a').joins('@ann:a').powerLevels('PL1', { '@ann:a': 100, '@mod:m': 101 })
    assertJudged(told.joins('@mod:m'), leave('@mod:m', '@ann:a'), 'allow leave/kick')
  }
})

test('without power levels the creator kicks, and nobody else', () => {
  for (const version of all) {
    const told = story(version).create('@ann:a').joins('@ann:a').joins('@bob:b').joins('@carl:c')
    assertJudged(told, leave('@ann:a', '@bob:b'), 'allow leave/kick')
    assertJudged(told, leave('@bob:b', '@carl:c'), 'deny leave/otherwise')
    assertJudged(told, leave('@bob:b', '@ann:a'), 'deny leave/otherwise')
  }
})
