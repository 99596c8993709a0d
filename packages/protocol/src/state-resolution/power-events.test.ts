import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Draft, story } from '../../tests/story/story.ts'
import { isPowerEvent, senderPower } from './power-events.ts'

const memberBy = (sender: string, membership: string): Draft => {
  return { type: 'm.room.member', sender, stateKey: '@bob:b', content: { membership } }
}

for (const [name, draft, expected] of [
  ['power levels', { type: 'm.room.power_levels', stateKey: '' }, true],
  ['join rules', { type: 'm.room.join_rules', stateKey: '' }, true],
  ['a kick', memberBy('@ann:a', 'leave'), true],
  ['a ban', memberBy('@ann:a', 'ban'), true],
  ['a ban of oneself', memberBy('@bob:b', 'ban'), false],
  ['leaving', memberBy('@bob:b', 'leave'), false],
  ['a join', memberBy('@bob:b', 'join'), false],
  ['an invite', memberBy('@ann:a', 'invite'), false],
  ['a knock', memberBy('@bob:b', 'knock'), false],
  ['the create event', { type: 'm.room.create', stateKey: '' }, false],
  ['a third-party invite', { type: 'm.room.third_party_invite', stateKey: 'x' }, false],
  ['a topic', { type: 'm.room.topic', stateKey: '' }, false],
  ['power levels that are no state', { type: 'm.room.power_levels' }, false],
  ['power levels under another state key', { type: 'm.room.power_levels', stateKey: 'x' }, false],
  ['join rules under another state key', { type: 'm.room.join_rules', stateKey: 'x' }, false],
] as const satisfies readonly (readonly [string, Draft, boolean])[])
  test(`${name}: ${expected ? 'a' : 'no'} power event`, () => {
    assert.equal(isPowerEvent(story('11').create('@ann:a').build(draft)), expected)
  })

test('a sender’s power is that of the event’s own auth events', () => {
  const room = story('11').create('@ann:a').joins('@ann:a').joins('@bob:b')
  room.topic('T0', { sender: '@bob:b' }).powerLevels('PL1', { '@bob:b': 50 }).topic('T1', { sender: '@bob:b' })
  room.powerLevels('PL2', { '@bob:b': 70 }).topic('T2', { sender: '@bob:b', authEvents: ['CREATE', 'PL1', 'bob-join'] })
  const power = (name: string) => senderPower(room.number(name), room.graph)
  assert.deepEqual([power('T0'), power('T1'), power('T2')], [0, 50, 50])
  assert.equal(power('PL1'), 100, 'the creator before the first power levels')
  assert.equal(power('PL2'), 0, 'the power levels before, not the event itself')
})

test('in version 12 the create event counts though no event names it', () => {
  const room = story('12').create('@ann:a').joins('@ann:a').powerLevels('PL1', {}).topic('T1')
  assert.equal(senderPower(room.number('T1'), room.graph), Number.POSITIVE_INFINITY)
})

test('in version 12 the create event is no power levels', () => {
  const room = story('12')
    .create('@ann:a', { users: { '@bob:b': 77 } })
    .joins('@bob:b')
    .topic('T1', { sender: '@bob:b' })
  assert.equal(senderPower(room.number('T1'), room.graph), 0)
})

test('until version 11 an event that names no create event has no creator', () => {
  const room = story('11')
    .create('@ann:a')
    .joins('@ann:a')
    .topic('T1', { authEvents: ['ann-join'] })
  assert.equal(senderPower(room.number('T1'), room.graph), 0)
})
