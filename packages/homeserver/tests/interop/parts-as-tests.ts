/** The campaign, or a part of it, as tests. Where there is no Synapse and none can be had they are skipped, and say why. */
import { after, test } from 'node:test'
import { synapsePackage } from '../../src/testing/index.ts'
import { type Choice, campaign } from './campaign.ts'
import { World } from './world.ts'

export async function partsAsTests(choice: Choice): Promise<void> {
  const found = await synapsePackage(line => console.error(line))
  if ('missing' in found) {
    test('rooms shared with a real Synapse', { skip: found.missing }, () => undefined)
    return
  }
  const world = await World.open(found.python)
  after(() => world.close({ keep: false }))
  for (const part of campaign(choice)) test(`${part.name}: ${part.tells}`, () => part.play(world))
}
