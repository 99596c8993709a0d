/** Servers killed fifty times during each operation. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killDuring } from './kills.ts'
import { operations } from './operations/index.ts'

const kills = 50
/** Moments are drawn over an undisturbed run: a quicker one ends before the last of them. */
const leastInTheMiddle = kills * 0.8
const seed = 1

for (const operation of operations)
  test(`servers killed during ${operation.name} end as without`, async t => {
    const { inTheMiddle, lasts } = await killDuring(operation, kills, seed)
    t.diagnostic(`seed ${seed}: ${kills} kills, ${inTheMiddle} in the middle of ${Math.round(lasts)} ms`)
    assert.ok(inTheMiddle >= leastInTheMiddle, `only ${inTheMiddle} of ${kills} kills came in time`)
  })
