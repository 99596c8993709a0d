/**
 * The suite of tests that every storage passes. The core is what decides whether the interface fits a back end: commits,
 * positions, epochs, reads; the rest are the queue, names, numbers and what is kept across a new start.
 */
import { test } from 'node:test'
import { commitTests } from './commit-tests.ts'
import { logTests } from './log-tests.ts'
import { nameTests } from './name-tests.ts'
import type { Place, StorageTest } from './place.ts'
import { readTests } from './read-tests.ts'

const core: readonly StorageTest[] = [...commitTests, ...readTests]
const rest: readonly StorageTest[] = [...logTests, ...nameTests]

/** @param newPlace makes an empty place for each test */
export function storageSuite(name: string, newPlace: () => Promise<Place>): void {
  for (const { name: sentence, run } of [...core, ...rest])
    test(`${name}: ${sentence}`, async () => {
      const place = await newPlace()
      try {
        await run(place)
      } finally {
        await place.remove()
      }
    })
}
