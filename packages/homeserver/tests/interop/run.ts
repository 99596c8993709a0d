/**
 * `npm run interop -- [--short] [--version N]… [--host neurite|synapse] [--keep] [SCENARIO…]`: rooms shared with a real Synapse, a line a scenario. Exit status 1
 * where something failed. Without Python or PyPI it says so, and ends well: there is nothing to test against.
 */
import { parseArgs } from 'node:util'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { synapsePackage } from '../../src/testing/index.ts'
import { campaign } from './campaign.ts'
import { World } from './world.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    host: { type: 'string' },
    version: { type: 'string', multiple: true, default: [] },
  },
})
const { clock } = nodeRuntime
const say = (line: string) => process.stdout.write(`${line}\n`)
const parts = campaign({ ...values, versions: values.version, scenarios: positionals })
const found = await synapsePackage(say)

if ('missing' in found) say(`Skipped: ${found.missing}.`)
else {
  const began = clock.monotonic()
  const seconds = (since: number) => `${((clock.monotonic() - since) / 1_000).toFixed(1)} s`
  const world = await World.open(found.python)
  let failures = 0
  try {
    for (const part of parts) {
      const start = clock.monotonic()
      try {
        await part.play(world)
        say(`✔ ${part.name}, ${seconds(start)}`)
      } catch (error) {
        failures++
        say(`✖ ${part.name} (${part.tells}), ${seconds(start)}\n${error instanceof Error ? error.stack : error}`)
      }
    }
  } finally {
    await world.close({ keep: values.keep })
    if (values.keep) say(`What the servers wrote is in ${world.folder}`)
  }
  say(`${parts.length - failures} of ${parts.length} passed, ${seconds(began)}`)
  if (failures > 0) process.exitCode = 1
}
