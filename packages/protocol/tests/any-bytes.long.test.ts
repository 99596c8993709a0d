/**
 * The property of any-bytes.test.ts on 120,000 inputs.
 */
import { test } from 'node:test'
import { roomVersions } from '@neurite/protocol'
import { checkAnyInput } from './any-input/run.ts'

const runsPerVersion = 10_000

for (const rules of roomVersions.values())
  test(`version ${rules.version}: any of 10,000 inputs is an event or a PduError, and the rules take every event`, t => {
    t.diagnostic(`${checkAnyInput(rules, runsPerVersion)} of them were events`)
  })
