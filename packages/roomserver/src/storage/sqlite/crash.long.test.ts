import { test } from 'node:test'
import { failedAt, killedAt, undisturbed } from '../tests/crash-campaign.ts'

const { points, end } = await undisturbed()

for (const [name, run] of [
  ['killed', killedAt],
  ['whose disk fails', failedAt],
] as const)
  test(`a writer ${name} at each of ${points.length} points loses nothing`, async t => {
    for (const [at, label] of points.entries()) await t.test(`${at + 1}: ${label}`, () => run(at + 1, end))
  })
