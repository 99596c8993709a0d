/** The attacks that take their time to prepare, at full size. Their short forms: states.test.ts, missing-events.test.ts. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { authChainOf, endlessChain, givesState, HostileWorld, manyExtremities } from './hostile-world.ts'

const world = await HostileWorld.open()
after(() => world.close())
const { liar } = world

test('an auth chain of 100,000 events holds up nobody', async () => {
  const room = await world.attackedRoom()
  const event = givesState(liar, room, { authChain: authChainOf(room, 100_000) })
  const asked = liar.asked('state_ids').length
  const sending = liar.send(event)
  await world.unharmed(room)
  await sending
  assert.ok(liar.asked('state_ids').length > asked, 'it was asked for the state')
  liar.answer({})
  await world.unharmed(room)
})

test('a room with 10,000 forward extremities goes on', async () => {
  const room = await world.attackedRoom()
  await manyExtremities(world, room, 10_000)
  await world.unharmed(room)
})

test('a chain of 20,000 missing events is not followed for ever', async () => {
  const room = await world.attackedRoom()
  const chain = endlessChain(room, 20_000)
  liar.answer(chain.answers)
  await liar.send(chain.newest)
  await world.unharmed(room)
  assert.notEqual((await world.verdicts(room, chain.newest))[0], 'accepted')
  liar.answer({})
})
