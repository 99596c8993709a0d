/**
 * The comparison of fast-and-plain.test.ts on 100,000 random conflicts.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RuleName, roomVersions, ruleOutline } from '@neurite/protocol'
import { compareRooms } from './random-rooms/run.ts'

const conflicts = 100_000
const rulesThatDecided = new Set<RuleName>()

for (const [version, rules] of roomVersions)
  test(`version ${version}: the fast and the plain rules agree on its share of 100,000 random conflicts`, t => {
    const count = compareRooms(version, Math.ceil(conflicts / roomVersions.size))
    for (const rule of count.rules) rulesThatDecided.add(rule)
    t.diagnostic(`version ${version}: ${count}`)
    assert.ok(count.share('unlikeAll') > 0.45, 'too few conflicts whose result is none of the states')
    assert.ok(count.share('powerRelevant') > 0.6, 'too few conflicts over power events')
    if (rules.stateResolution !== 'v1')
      assert.ok(count.share('withDenials') > 0.45, 'too few conflicts in which an event is denied')
  })

test('each rule decided on some event', () => {
  const names = ruleOutline.map(({ name }) => name)
  const leaves = names.filter(name => !names.some(other => other.startsWith(`${name}/`)))
  assert.deepEqual(
    leaves.filter(name => !rulesThatDecided.has(name)),
    [],
  )
})
