/**
 * Looks through a server's storage as `check` does. For tests.
 */
import assert from 'node:assert/strict'
import { nodeCrypto } from '@neurite/protocol'
import { examine, type Finding } from '../src/doctor/index.ts'
import { nodeRuntime } from '../src/runtime/index.ts'
import type { Inventory, Reader } from '../src/storage/index.ts'

/** @param inventory also every row that nothing leads to */
export async function findingsIn(reader: Reader, inventory?: Inventory): Promise<Finding[]> {
  const { yieldNow } = nodeRuntime.timers
  const findings: Finding[] = []
  await examine({ reader, inventory, crypto: nodeCrypto, yieldNow }, finding => findings.push(finding))
  return findings
}

/** `check` finds nothing. */
export async function assertSound(reader: Reader, inventory?: Inventory): Promise<void> {
  assert.deepEqual(await findingsIn(reader, inventory), [])
}
