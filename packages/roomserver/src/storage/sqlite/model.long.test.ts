import { test } from 'node:test'
import { compareWithModel } from '../tests/compare-storage.ts'
import { sqlitePlace } from '../tests/sqlite-place.ts'

for (let seed = 100; seed < 110; seed++)
  test(`SQLite shows what the model shows, over 3,000 groups of random writes (seed ${seed})`, async () => {
    const place = await sqlitePlace()
    try {
      await compareWithModel(place, { seed, groups: 3_000 })
    } finally {
      await place.remove()
    }
  })
