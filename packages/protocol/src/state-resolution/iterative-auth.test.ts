import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Story, story } from '../../tests/story/story.ts'
import { nodeCrypto } from '../crypto/index.ts'
import type { StateMap } from './input.ts'
import { iterativeAuthChecks } from './iterative-auth.ts'

/** What becomes of a state when events are applied to it: the names in it, and each event's fate in order. */
function apply(room: Story, start: StateMap, ...names: readonly string[]) {
  const state = new Map(start)
  const fates: string[] = []
  const numbers = names.map(name => room.number(name))
  iterativeAuthChecks(numbers, state, room.graph, nodeCrypto, (event, verdict) => {
    fates.push(`${room.names([event])[0]}: ${verdict.allowed ? 'allow' : 'deny'} ${verdict.rule}`)
  })
  return { state: room.namesIn(state), fates }
}

/** @ann:a has 100, @bob:b has 50; a topic needs 50. */
function opening(version = '11'): Story {
  const room = story(version).create('@ann:a').joins('@ann:a').joinRule('JR', 'public').joins('@bob:b')
  return room.powerLevels('PL1', { '@ann:a': 100, '@bob:b': 50 })
}

test('events are applied in order, each to the state that the ones before have made', () => {
  const room = opening().topic('T1', { sender: '@bob:b' }).kicks('@ann:a', '@bob:b')
  room.after('T1').topic('T2', { sender: '@bob:b' })
  const { state, fates } = apply(room, room.stateOf('CREATE', 'PL1'), 'T1', 'bob-kick', 'T2')
  assert.deepEqual(fates, ['T1: allow allow', 'bob-kick: allow leave/kick', 'T2: deny sender'])
  assert.deepEqual(state, ['CREATE', 'PL1', 'T1', 'bob-kick'])
  assert.deepEqual(apply(room, room.stateOf('CREATE', 'PL1'), 'T1', 'T2', 'bob-kick').state, [
    ...['CREATE', 'PL1', 'T2', 'bob-kick'],
  ])
})

test('an event that the state does not allow is skipped, and the next ones go on', () => {
  const room = opening().topic('T1', { sender: '@bob:b' }).topic('T2', { sender: '@carl:c' })
  room.event('N1', { type: 'm.room.name', stateKey: '', sender: '@bob:b' })
  const { state, fates } = apply(room, room.stateAfter('PL1'), 'T1', 'T2', 'N1')
  assert.deepEqual(fates, ['T1: allow allow', 'T2: deny sender', 'N1: allow allow'])
  assert.deepEqual(state, ['CREATE', 'JR', 'N1', 'PL1', 'T1', 'ann-join', 'bob-join'])
})

test('what the state lacks comes from the event’s own auth events', () => {
  const room = opening().topic('T1', { sender: '@bob:b' })
  assert.deepEqual(apply(room, new Map(), 'T1').fates, ['T1: allow allow'])
  room.topic('T2', { sender: '@bob:b', authEvents: ['CREATE', 'PL1'] })
  assert.deepEqual(apply(room, new Map(), 'T2').fates, ['T2: deny sender'], 'no membership anywhere')
})

test('what the state has goes before the event’s own auth events', () => {
  const room = opening().topic('T1', { sender: '@bob:b' }).after('PL1').leaves('@bob:b')
  const { fates } = apply(room, room.stateOf('bob-leave'), 'T1')
  assert.deepEqual(fates, ['T1: deny sender'])
})

test('an own auth event that was rejected does not count', () => {
  const room = opening().powerLevels('PL2', { '@carl:c': 50 }, {}, { rejected: true }).joins('@carl:c')
  room.topic('T1', { sender: '@carl:c', authEvents: ['CREATE', 'PL2', 'carl-join'] })
  assert.deepEqual(apply(room, new Map(), 'T1').fates, ['T1: deny required-power'])
  assert.deepEqual(apply(room, room.stateOf('PL2'), 'T1').fates, ['T1: allow allow'], 'in the state it does')
})

test('an event that was rejected itself is judged anew', () => {
  const room = opening().topic('T1', { sender: '@bob:b', rejected: true })
  assert.deepEqual(apply(room, room.stateAfter('PL1'), 'T1').fates, ['T1: allow allow'])
})

test('the form of auth events is not asked again', () => {
  const room = opening().topic('T1', { authEvents: ['CREATE', 'PL1', 'PL1', 'JR', 'ann-join'] })
  room.topic('T2', { authEvents: [] })
  const { fates } = apply(room, room.stateAfter('PL1'), 'T1', 'T2')
  assert.deepEqual(fates, ['T1: allow allow', 'T2: allow allow'])
})

test('in version 12 the create event is found though no event names it', () => {
  const room = opening('12').topic('T1')
  assert.deepEqual(apply(room, new Map(), 'T1'), { state: ['T1'], fates: ['T1: allow allow'] })
})

test('in version 12 the create event stands for nothing but itself', () => {
  const room = story('12').create('@ann:a', { join_rule: 'public', membership: 'join' }).joins('@bob:b')
  assert.deepEqual(apply(room, new Map(), 'bob-join').fates, ['bob-join: deny join/invite'])
})

test('in version 12 nothing is allowed by a create event that was rejected', () => {
  const room = story('12').create('@ann:a', {}, { rejected: true }).joins('@ann:a')
  assert.deepEqual(apply(room, new Map(), 'ann-join').fates, ['ann-join: deny room-id'])
})

test('until version 11 an event for which no create event is found is skipped', () => {
  const room = opening('11').topic('T1', { authEvents: ['ann-join', 'PL1'] })
  assert.deepEqual(apply(room, new Map(), 'T1').fates, ['T1: deny auth-events/no-create'])
})

test('a create event may be among the events', () => {
  const room = opening()
  assert.deepEqual(apply(room, new Map(), 'CREATE', 'ann-join').fates, [
    'CREATE: allow create/allow',
    'ann-join: allow join/first',
  ])
})

test('what is no state event never gets into the state', () => {
  const room = opening().event('M1', { type: 'm.room.message' })
  const { state, fates } = apply(room, room.stateOf('CREATE'), 'M1')
  assert.deepEqual(fates, ['M1: allow allow'])
  assert.deepEqual(state, ['CREATE'])
})

test('nothing throws on an event of the oddest form', () => {
  const room = opening().event('ODD', { type: 'm.room.member', stateKey: '', content: { membership: [] } })
  room.event('ODD2', { type: 'm.room.power_levels', stateKey: '', content: { users: null, events: 7 }, authEvents: [] })
  assert.deepEqual(apply(room, room.stateAfter('PL1'), 'ODD').fates, ['ODD: deny member/unknown'])
  assert.deepEqual(apply(room, new Map(), 'ODD2').fates, ['ODD2: deny auth-events/no-create'])
})
