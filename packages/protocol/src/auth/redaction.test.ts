import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertJudged } from '../../tests/story/judge.ts'
import { type Draft, type Story, story } from '../../tests/story/story.ts'
import { roomVersions } from '../room-version/index.ts'
import { AuthState } from './auth-state.ts'
import { mayRedact } from './redaction.ts'

const all = [...roomVersions.keys()]
const since3 = all.slice(2)

/** @bob:b has 50 and may redact, @carl:c and @dan:c have not; M1 is a message by @carl:c. */
function room(version: string, redact = 50): Story {
  const told = story(version).create('@ann:a').joins('@ann:a').joins('@bob:b').joins('@carl:c').joins('@dan:c')
  told.powerLevels('PL1', { '@bob:b': 50 }, { redact })
  return told.event('M1', { type: 'm.room.message', sender: '@carl:c' })
}

function redaction(told: Story, sender: string, more: Partial<Draft> = {}): Draft {
  return { type: 'm.room.redaction', sender, redacts: told.get('M1').eventId, ...more }
}

test('in versions 1 and 2 a redaction needs the redact level', () => {
  for (const version of ['1', '2']) {
    const told = room(version)
    assertJudged(told, redaction(told, '@bob:b'), 'allow redaction/power')
    assertJudged(told, redaction(told, '@ann:a'), 'deny redaction/otherwise')
    const stricter = room(version, 51)
    assertJudged(stricter, redaction(stricter, '@bob:b'), 'deny redaction/otherwise')
  }
})

test('in versions 1 and 2 an event ID of the same domain as the redaction’s will do', () => {
  for (const version of ['1', '2']) {
    const told = room(version)
    assertJudged(told, redaction(told, '@carl:c'), 'allow redaction/own-server')
    assertJudged(told, redaction(told, '@dan:c'), 'allow redaction/own-server')
    // It is the domains of the event IDs that count, not those of the senders.
    assertJudged(told, redaction(told, '@carl:c', { eventId: '$R:a' }), 'deny redaction/otherwise')
    assertJudged(told, redaction(told, '@ann:a', { eventId: '$R:c' }), 'allow redaction/own-server')
    assertJudged(told, redaction(told, '@carl:c', { redacts: '$M1:c:8448' }), 'deny redaction/otherwise')
  }
})

test('in versions 1 and 2 a redaction of nothing needs the redact level', () => {
  const told = room('2')
  const { redacts: _, ...ofNothing } = redaction(told, '@carl:c')
  assertJudged(told, ofNothing, 'deny redaction/otherwise')
  assertJudged(told, { ...ofNothing, redacts: '$nothing' }, 'deny redaction/otherwise')
  assertJudged(told, { ...ofNothing, sender: '@bob:b' }, 'allow redaction/power')
})

test('in versions 1 and 2 the level to send a redaction is asked before', () => {
  const told = room('2').powerLevels('PL2', {}, { redact: 0, events: { 'm.room.redaction': 1 } })
  assertJudged(told, redaction(told, '@carl:c'), 'deny required-power')
})

test('since version 3 the redact level is no matter of the rules, the level to send a redaction is', () => {
  for (const version of since3) {
    const told = room(version)
    assertJudged(told, redaction(told, '@ann:a'), 'allow allow')
    told.powerLevels('PL2', {}, { redact: 0, events: { 'm.room.redaction': 1 } })
    assertJudged(told, redaction(told, '@carl:c'), 'deny required-power')
  }
})

function applies(told: Story, draft: Draft): boolean {
  return mayRedact(told.build(draft), told.get('M1'), new AuthState(told.lookup(), told.rules.auth))
}

test('since version 3 a redaction takes effect with the redact level, or on events of the sender’s own server', () => {
  for (const version of since3) {
    const told = room(version)
    for (const [sender, expected] of [
      ['@bob:b', true],
      ['@carl:c', true],
      ['@dan:c', true],
      ['@eve:b', false],
      ['@ann:a', version === '12'],
    ] as const)
      assert.equal(applies(told, redaction(told, sender)), expected, `${version} ${sender}`)
  }
})

test('since version 3 the redact level is enough where the sender could not send the redacted event', () => {
  const told = room('11').powerLevels('PL2', { '@bob:b': 50 }, { events: { 'm.room.message': 100 } })
  assert.equal(applies(told, redaction(told, '@bob:b')), true)
})

test('in versions 1 and 2 a redaction that the rules allowed takes effect', () => {
  for (const version of ['1', '2']) {
    const told = room(version)
    assert.equal(applies(told, redaction(told, '@ann:a', { eventId: '$R:c' })), true)
  }
})

test('a redaction takes no effect on what it does not name, nor in another room', () => {
  for (const version of all) {
    const told = room(version)
    assert.equal(applies(told, redaction(told, '@bob:b', { redacts: told.get('PL1').eventId })), false, version)
    const { redacts: _, ...ofNothing } = redaction(told, '@bob:b')
    assert.equal(applies(told, ofNothing), false, version)
    assert.equal(applies(told, redaction(told, '@bob:b', { roomId: '!other:b' })), false, version)
  }
})
