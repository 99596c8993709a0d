/** Servers killed fifty times in the middle of each operation. Starts servers of its own on loopback. */
import { test } from 'node:test'
import { killDuring } from './kills.ts'
import { operations } from './operations/index.ts'

const wanted = 50
const seed = 1

for (const operation of operations)
  test(`servers killed during ${operation.name} end as without`, async t => {
    const { kills, lasts } = await killDuring(operation, wanted, seed)
    t.diagnostic(`seed ${seed}: ${kills} kills, ${wanted} of them in the middle of ${Math.round(lasts)} ms`)
  })
