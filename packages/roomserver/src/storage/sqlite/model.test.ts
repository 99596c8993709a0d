import { test } from 'node:test'
import { compareWithModel } from '../tests/compare-storage.ts'
import { sqlitePlace } from '../tests/sqlite-place.ts'

for (const seed of [1, 2])
  test(`SQLite shows what the model shows, over 400 groups of random writes (seed ${seed})`, async () => {
    const place = await sqlitePlace()
    try {
      await compareWithModel(place, { seed, groups: 400 })
    } finally {
      await place.remove()
    }
  })
