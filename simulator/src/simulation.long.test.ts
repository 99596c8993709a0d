import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roomVersions } from '@neurite/protocol'
import { simulate } from './index.ts'

for (const roomVersion of roomVersions.keys())
  test(`servers agree about rooms of version ${roomVersion}, over 6 seeds`, async () => {
    for (let seed = 1000; seed < 1006; seed++) {
      const report = await simulate({ seed, servers: 2 + (seed % 4), events: 300, roomVersion })
      assert.deepEqual(report.disagreements, [], `seed ${seed}`)
    }
  })

test('servers agree about a long life', async () => {
  const report = await simulate({ seed: 7, servers: 3, events: 3000 })
  assert.deepEqual(report.disagreements, [])
})
