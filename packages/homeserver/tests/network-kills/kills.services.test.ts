/** A few kills of each operation; many are in the long tests. Starts servers of its own on loopback. */
import { test } from 'node:test'
import { killDuring } from './kills.ts'
import { operations } from './operations/index.ts'

const wanted = 3
const seed = 1

for (const operation of operations)
  test(`servers killed during ${operation.name} end as without`, async t => {
    const { kills, lasts } = await killDuring(operation, wanted, seed)
    t.diagnostic(`seed ${seed}: ${kills} kills, ${wanted} of them in the middle of ${Math.round(lasts)} ms`)
  })
