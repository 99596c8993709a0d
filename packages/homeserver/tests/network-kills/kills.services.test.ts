/** A few kills of each operation; many are in the long tests. Starts servers of its own on loopback. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killDuring } from './kills.ts'
import { operations } from './operations/index.ts'

const kills = 3

for (const operation of operations)
  test(`servers killed during ${operation.name} end as without`, async t => {
    const { seed, inTheMiddle, lasts } = await killDuring(operation, kills, 1)
    t.diagnostic(`seed ${seed}: ${kills} kills, ${inTheMiddle} in the middle of ${Math.round(lasts)} ms`)
    assert.ok(inTheMiddle > 0, 'every kill came too late')
  })
