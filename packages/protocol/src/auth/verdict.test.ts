import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from '../../tests/story/judge.ts'
import { type Draft, story } from '../../tests/story/story.ts'
import type { JsonValue } from '../canonical-json/index.ts'

const room = story('11').create('@ann:a').joins('@ann:a').powerLevels('PL1', { '@ann:a': 100 }).joinRule('JR', 'invite')
room.joins('@bob:b').bans('@ann:a', '@eve:e')

const join = (user: string): Draft => {
  return { type: 'm.room.member', sender: user, stateKey: user, content: { membership: 'join' } }
}

test('a denial says which rule, why in a sentence, and which event of the state decided', () => {
  assert.deepEqual(judge(room, join('@eve:e')), {
    allowed: false,
    rule: 'join/banned',
    reason: '@eve:e is banned',
    decidedBy: room.get('eve-ban').eventId,
  })
  const decidedBy = (draft: Draft) => {
    const verdict = judge(room, draft)
    return verdict.allowed ? 'allowed' : verdict.decidedBy
  }
  assert.equal(decidedBy(join('@carl:c')), room.get('JR').eventId)
  assert.equal(decidedBy({ type: 'm.room.topic', stateKey: '', sender: '@bob:b' }), room.get('PL1').eventId)
  assert.equal(decidedBy({ type: 'm.room.message', sender: '@eve:e' }), room.get('eve-ban').eventId)
})

test('a denial says of which membership, which join rule', () => {
  const reason = (draft: Draft, told = room) => {
    const verdict = judge(told, draft)
    return verdict.allowed ? 'allowed' : verdict.reason
  }
  const invite = (stateKey: string): Draft => ({ type: 'm.room.member', stateKey, content: { membership: 'invite' } })
  assert.equal(reason(invite('@bob:b')), '@bob:b is joined')
  assert.equal(reason(invite('@eve:e')), '@eve:e is banned')
  const knock = { ...join('@carl:c'), content: { membership: 'knock' } }
  assert.equal(reason(knock), 'the join rule is invite')
  const oddRule = (rule: JsonValue) => story('11').create('@ann:a').joins('@ann:a').joinRule('JR', rule)
  for (const draft of [knock, join('@carl:c')]) {
    assert.equal(reason(draft, oddRule('private')), 'the join rule is private')
    assert.equal(reason(draft, oddRule(7)), 'the join rule is unreadable')
  }
})

test('a denial for which no event of the state is to blame names none', () => {
  const verdict = judge(room, { ...join('@carl:c'), sender: '@bob:b' })
  assert.deepEqual(verdict, {
    allowed: false,
    rule: 'join/sender',
    reason: '@bob:b cannot join for @carl:c',
    decidedBy: undefined,
  })
})

test('what is allowed names the rule that allowed it', () => {
  assert.deepEqual(judge(room, { type: 'm.room.message' }), { allowed: true, rule: 'allow' })
})
