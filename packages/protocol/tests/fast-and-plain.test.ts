/**
 * The library's rules and the second opinion agree on random rooms: every verdict, every resolution. A failure names the
 * room and the command that shows it again. More rooms: fast-and-plain.long.test.ts.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roomVersions } from '@neurite/protocol'
import { compareRooms } from './random-rooms/run.ts'

const conflictsPerVersion = 500

for (const [version, rules] of roomVersions)
  test(`version ${version}: the fast and the plain rules agree on ${conflictsPerVersion} random conflicts`, t => {
    const count = compareRooms(version, conflictsPerVersion)
    t.diagnostic(String(count))
    assert.ok(count.share('unlikeAll') > 0.35, 'too few conflicts whose result is none of the states')
    assert.ok(count.share('powerRelevant') > 0.5, 'too few conflicts over power events')
    if (rules.stateResolution !== 'v1')
      assert.ok(count.share('withDenials') > 0.35, 'too few conflicts in which an event is denied')
  })
