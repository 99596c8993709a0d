import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulate } from './index.ts'

for (const [seed, servers, events] of [
  [1, 2, 120],
  [2, 3, 120],
  [3, 3, 200],
  [4, 4, 120],
  [5, 5, 80],
] as const)
  test(`${servers} servers agree after ${events} acts in bad weather (seed ${seed})`, async () => {
    const report = await simulate({ seed, servers, events })
    assert.deepEqual(report.disagreements, [])
    for (const stored of Object.values(report.stored)) assert.ok((stored['accepted'] ?? 0) > events / 2)
  })

test('the same seed gives the same run to the last digit, another seed another', async () => {
  const run = (seed: number) => simulate({ seed, servers: 3, events: 60 })
  const report = await run(11)
  assert.deepEqual(await run(11), report)
  assert.notEqual((await run(12)).digest, report.digest)
})
