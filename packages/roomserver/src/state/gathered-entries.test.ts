import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from '../../../protocol/tests/random-rooms/random.ts'
import { blockOfPairs } from './decoded-block.ts'
import { GatheredEntries } from './gathered-entries.ts'

test('entries in any order become a block by key; of several for one key the first counts', () => {
  const random = new Random(1)
  for (let round = 0; round < 200; round++) {
    const gathered = new GatheredEntries()
    const first = new Map<number, number>()
    const count = random.below(60)
    let areDoubled = false
    for (let event = 1; event <= count; event++) {
      const key = 2 ** 33 + random.below(80)
      gathered.add(key, event)
      if (first.has(key)) areDoubled = true
      else first.set(key, event)
    }
    assert.deepEqual(gathered.toBlock(), { block: blockOfPairs([...first]), areDoubled })
  }
})
