import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failedAt, killedAt, undisturbed } from '../tests/crash-campaign.ts'

/** Every point in turn is in crash.long.test.ts. */
const stride = 41

test('a writer killed at any statement or sync loses nothing that was acknowledged, and the next start ends the same', async () => {
  const { points, end } = await undisturbed()
  assert.ok(points.length > 100)
  for (let point = 1; point <= points.length; point += stride) await killedAt(point, end)
})

test('a writer whose disk fails at any statement or sync loses nothing that was acknowledged', async () => {
  const { points, end } = await undisturbed()
  for (let point = 9; point <= points.length; point += stride) await failedAt(point, end)
})
