import { test } from 'node:test'
import { assertJudged } from '../../../tests/story/judge.ts'
import { type Draft, type Story, story } from '../../../tests/story/story.ts'
import { roomVersions } from '../../room-version/index.ts'

const all = [...roomVersions.keys()]

/** A public room of @ann:a with @bob:b in it. */
const room = (version: string): Story =>
  story(version).create('@ann:a').joins('@ann:a').powerLevels('PL1', {}).joinRule('JR', 'public').joins('@bob:b')

const join: Draft = { type: 'm.room.member', sender: '@carl:c', stateKey: '@carl:c', content: { membership: 'join' } }

test('a member event needs a state key and a membership', () => {
  for (const version of all) {
    const { stateKey: _, ...withoutStateKey } = join
    assertJudged(room(version), withoutStateKey, 'deny member/form')
    assertJudged(room(version), { ...join, content: {} }, 'deny member/form')
    assertJudged(room(version), { ...join, content: { membership: undefined, join: true } }, 'deny member/form')
    assertJudged(room(version), join, 'allow join/public')
  }
})

test('a membership that nobody knows is denied', () => {
  for (const version of all)
    for (const membership of ['', 'Join', 'joined', 'org.example.lurk', 7, null, ['join'], { join: true }])
      assertJudged(room(version), { ...join, content: { membership } }, 'deny member/unknown')
})

test('until version 6 knocking is a membership that nobody knows', () => {
  for (const version of all) {
    const told = room(version).joinRule('JR2', 'knock')
    const knock = { ...join, content: { membership: 'knock' } }
    const known = all.indexOf(version) >= all.indexOf('7')
    assertJudged(told, knock, known ? 'allow knock/membership' : 'deny member/unknown')
  }
})

test('since version 8 an authoriser must be a user ID, on a member event of any membership', () => {
  for (const version of all)
    for (const membership of ['join', 'invite', 'leave', 'ban', 'knock', 'unheard of'])
      for (const authoriser of ['', 'bob', '@bob', 7, null, ['@bob:b']]) {
        const content = { membership, join_authorised_via_users_server: authoriser }
        const draft = { ...join, content }
        if (all.indexOf(version) >= all.indexOf('8')) assertJudged(room(version), draft, 'deny member/authoriser')
        else if (membership === 'join') assertJudged(room(version), draft, 'allow join/public')
      }
})

test('an authoriser who is a user ID is no matter where the join needs none', () => {
  const content = { membership: 'join', join_authorised_via_users_server: '@nobody:nowhere' }
  assertJudged(room('11'), { ...join, content }, 'allow join/public')
})

test('who changes memberships needs no level for state', () => {
  for (const version of all) {
    const told = room(version).powerLevels('PL2', {}, { state_default: 100, events: { 'm.room.member': 100 } })
    assertJudged(told, join, 'allow join/public')
    assertJudged(told, { ...join, sender: '@bob:b', content: { membership: 'invite' } }, 'allow invite/power')
  }
})
