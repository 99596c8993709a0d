import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandomness } from '@neurite/roomserver/runtime'
import { firstWait, longestWait, waitAfter } from './back-off.ts'

test('a server is left alone twice as long with every failure, up to an hour, a fifth of it by chance', () => {
  const randomness = new SeededRandomness(1)
  for (let failures = 1; failures < 100; failures++) {
    const doubled = Math.min(longestWait, firstWait * 2 ** (failures - 1))
    const wait = waitAfter(failures, undefined, randomness)
    assert.ok(wait > (doubled * 4) / 5 - 1 && wait <= doubled, `${wait} after ${failures}`)
  }
})

test('what the server asks for counts where it is longer, but not beyond an hour', () => {
  const randomness = new SeededRandomness(1)
  assert.equal(waitAfter(1, 60_000, randomness), 60_000)
  assert.ok(waitAfter(5, 1, randomness) > 20_000)
  assert.equal(waitAfter(1, 10 * longestWait, randomness), longestWait)
})
