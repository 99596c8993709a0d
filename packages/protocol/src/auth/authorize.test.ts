import { test } from 'node:test'
import { assertDecided, assertJudged, judgeByAuthEvents } from '../../tests/story/judge.ts'
import { type Draft, type Story, story } from '../../tests/story/story.ts'
import { roomVersions } from '../room-version/index.ts'

const all = [...roomVersions.keys()]
const until5 = all.slice(0, 5)
const message: Draft = { type: 'm.room.message' }

/** @ann:a has opened a public room (and all power), @bob:b is in it with power 0; a state event needs 50. */
function room(version: string): Story {
  const users = version === '12' ? {} : { '@ann:a': 100 }
  const told = story(version).create('@ann:a').joins('@ann:a').powerLevels('PL1', users)
  return told.joinRule('JR', 'public').joins('@bob:b')
}

test('a state without a create event allows nothing', () => {
  for (const version of all)
    assertJudged(story(version), message, version === '12' ? 'deny room-id' : 'deny auth-events/no-create')
})

test('with m.federate false, only users of the creator’s server may do anything', () => {
  for (const version of all) {
    const told = story(version).create('@ann:a', { 'm.federate': false }).joins('@ann:a')
    told.powerLevels('PL1', {}).joinRule('JR', 'public')
    for (const type of ['m.room.message', 'm.room.member', 'm.room.aliases'])
      assertJudged(told, { type, stateKey: '@bob:b', sender: '@bob:b' }, 'deny federate')
    assertJudged(told, { ...message, sender: '@bob:a:8448' }, 'deny federate')
    const join = { type: 'm.room.member', sender: '@bob:a', stateKey: '@bob:a', content: { membership: 'join' } }
    assertJudged(told, join, 'allow join/public')
  }
})

test('anything but false lets the room federate', () => {
  for (const federate of [undefined, true, null, 0, 'false']) {
    const told = story('11').create('@ann:a', { 'm.federate': federate }).joins('@ann:a').joins('@bob:b')
    assertJudged(told, { ...message, sender: '@bob:b' }, 'allow allow')
  }
})

test('whether a room federates counts from the sender of the create event, not from the creator or the room ID', () => {
  const told = story('10').create('@ann:a', { 'm.federate': false, creator: '@bob:b' }, { roomId: '!room:c' })
  told.joins('@ann:a').joins('@bob:b').joins('@carl:c')
  assertJudged(told, { ...message, sender: '@ann:a' }, 'allow allow')
  assertJudged(told, { ...message, sender: '@bob:b' }, 'deny federate')
  assertJudged(told, { ...message, sender: '@carl:c' }, 'deny federate')
})

test('until version 5 the aliases of a server are set by its users, members or not', () => {
  for (const version of until5) {
    const told = room(version)
    const aliases = { type: 'm.room.aliases', sender: '@carl:c' }
    assertJudged(told, aliases, 'deny aliases/state-key')
    assertJudged(told, { ...aliases, stateKey: 'b' }, 'deny aliases/sender')
    assertJudged(told, { ...aliases, stateKey: '' }, 'deny aliases/sender')
    assertJudged(told, { ...aliases, stateKey: 'c' }, 'allow aliases/allow')
  }
})

test('since version 6 aliases are state like other state', () => {
  for (const version of all.slice(5)) {
    const told = room(version)
    const aliases = { type: 'm.room.aliases', stateKey: 'b' }
    assertJudged(told, { ...aliases, sender: '@carl:c' }, 'deny sender')
    assertJudged(told, { ...aliases, sender: '@bob:b' }, 'deny required-power')
    assertJudged(told, { ...aliases, sender: '@ann:a' }, 'allow allow')
  }
})

test('whoever is not joined sends nothing', () => {
  for (const version of all) {
    const told = room(version).invites('@ann:a', '@carl:c').bans('@ann:a', '@dan:d').leaves('@bob:b')
    for (const sender of ['@bob:b', '@carl:c', '@dan:d', '@eve:e'])
      for (const type of ['m.room.message', 'm.room.third_party_invite', 'm.room.power_levels'])
        assertJudged(told, { type, sender }, 'deny sender')
    assertJudged(told, message, 'allow allow')
  }
})

test('a creator who has not joined sends nothing either', () => {
  for (const version of all) assertJudged(story(version).create('@ann:a'), message, 'deny sender')
})

test('a third-party invite needs the invite level and no other', () => {
  for (const version of all) {
    const told = room(version).powerLevels('PL2', undefined, {
      ...{ users: version === '12' ? {} : { '@ann:a': 100 }, users_default: 20 },
      ...{ invite: 30, events: { 'm.room.third_party_invite': 100 } },
    })
    const invite: Draft = { type: 'm.room.third_party_invite', stateKey: '@a token like a user ID' }
    assertJudged(told, { ...invite, sender: '@bob:b' }, 'deny third-party-invite/power')
    assertJudged(told, { ...invite, sender: '@ann:a' }, 'allow third-party-invite/power')
    assertJudged(room(version), { ...invite, sender: '@bob:b' }, 'allow third-party-invite/power', 'default 0')
  }
})

test('an event needs the level of its type', () => {
  for (const version of all) {
    const users = version === '12' ? {} : { '@ann:a': 100 }
    const told = room(version).powerLevels('PL2', { ...users, '@bob:b': 30 }, { events: { low: 30, high: 31 } })
    const bob = { sender: '@bob:b' }
    assertJudged(told, { ...bob, type: 'low' }, 'allow allow')
    assertJudged(told, { ...bob, type: 'low', stateKey: '' }, 'allow allow')
    assertJudged(told, { ...bob, type: 'high' }, 'deny required-power')
    assertJudged(told, { ...bob, type: 'other' }, 'allow allow')
    assertJudged(told, { ...bob, type: 'other', stateKey: '' }, 'deny required-power')
    assertJudged(told, { sender: '@ann:a', type: 'other', stateKey: '' }, 'allow allow')
  }
})

test('state under a user’s ID is that user’s own, whatever the power of others', () => {
  for (const version of all) {
    const told = room(version)
    const state = { type: 'org.example.status', sender: '@ann:a' }
    for (const stateKey of ['@bob:b', '@', '@ann:a ', '@anything'])
      assertJudged(told, { ...state, stateKey }, 'deny state-key')
    for (const stateKey of ['@ann:a', '', 'bob', ' @bob:b']) assertJudged(told, { ...state, stateKey }, 'allow allow')
  }
})

test('the required level is asked before whose state it is', () => {
  assertJudged(room('11'), { type: 'x', stateKey: '@ann:a', sender: '@bob:b' }, 'deny required-power')
})

test('power levels under a user’s ID or by someone without the level are not looked into', () => {
  const malformed = { type: 'm.room.power_levels', content: { users: 7 } }
  assertJudged(room('11'), { ...malformed, stateKey: '@bob:b' }, 'deny state-key')
  assertJudged(room('11'), { ...malformed, stateKey: '', sender: '@bob:b' }, 'deny required-power')
})

test('an event is judged by its auth events before any other rule', () => {
  const told = story('11').create('@ann:a', { 'm.federate': false }).joins('@ann:a').topic('T1')
  const draft: Draft = { type: 'm.room.member', sender: '@bob:b', authEvents: ['CREATE', 'T1'] }
  assertDecided(judgeByAuthEvents(told, draft), 'deny auth-events/unselected')
  assertDecided(judgeByAuthEvents(told, { ...draft, authEvents: ['CREATE'] }), 'deny federate')
})

test('a create event is judged by itself, whatever its auth events and the state', () => {
  const told = room('11')
  const draft: Draft = { type: 'm.room.create', sender: '@bob:a', prevEvents: [], authEvents: ['JR'] }
  assertDecided(judgeByAuthEvents(told, draft), 'allow create/allow')
  assertJudged(told, draft, 'allow create/allow')
})
