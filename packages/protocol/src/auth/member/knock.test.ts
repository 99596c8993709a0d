import { test } from 'node:test'
import { assertJudged } from '../../../tests/story/judge.ts'
import { type Draft, type Story, story } from '../../../tests/story/story.ts'
import { roomVersions } from '../../room-version/index.ts'

const all = [...roomVersions.keys()]
const since7 = all.slice(all.indexOf('7'))

function room(version: string, rule: string | undefined = 'knock'): Story {
  const told = story(version).create('@ann:a').joins('@ann:a').powerLevels('PL1', {})
  return rule === undefined ? told : told.joinRule('JR', rule)
}

const knock: Draft = { type: 'm.room.member', sender: '@bob:b', stateKey: '@bob:b', content: { membership: 'knock' } }

test('since version 7 one knocks on a room with rule knock', () => {
  for (const version of since7) assertJudged(room(version), knock, 'allow knock/membership')
})

test('since version 10 one knocks on a room with rule knock_restricted', () => {
  for (const version of since7)
    assertJudged(
      room(version, 'knock_restricted'),
      knock,
      all.indexOf(version) >= all.indexOf('10') ? 'allow knock/membership' : 'deny knock/join-rule',
    )
})

test('one does not knock on rooms with other rules, or none', () => {
  for (const version of since7) {
    for (const rule of ['public', 'invite', 'private', 'restricted', 'Knock', ''])
      assertJudged(room(version, rule), knock, 'deny knock/join-rule', `${version} ${rule}`)
    const withoutRule = story(version).create('@ann:a').joins('@ann:a')
    assertJudged(withoutRule, knock, 'deny knock/join-rule', version)
    assertJudged(withoutRule.joinRule('JR', ['knock']), knock, 'deny knock/join-rule', version)
  }
})

test('nobody knocks for someone else', () => {
  for (const version of since7) assertJudged(room(version), { ...knock, sender: '@ann:a' }, 'deny knock/sender')
})

test('the banned, invited and joined have nothing to knock for', () => {
  for (const version of since7) {
    assertJudged(room(version).bans('@ann:a', '@bob:b'), knock, 'deny knock/otherwise')
    assertJudged(room(version).invites('@ann:a', '@bob:b'), knock, 'deny knock/otherwise')
    assertJudged(room(version).joins('@bob:b'), knock, 'deny knock/otherwise')
  }
})

test('those who left or knocked before may knock again', () => {
  for (const version of since7) {
    assertJudged(room(version).leaves('@bob:b'), knock, 'allow knock/membership')
    assertJudged(room(version).kicks('@ann:a', '@bob:b'), knock, 'allow knock/membership')
    assertJudged(room(version).knocks('@bob:b'), knock, 'allow knock/membership')
  }
})
