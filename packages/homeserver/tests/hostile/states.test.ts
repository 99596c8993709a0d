/** A server that gives states and auth chains which cannot be, or have no end. Server-server API, "Retrieving room state". */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { stateEvent } from '@neurite/roomserver/input/testing'
import { json } from '../../src/federation/testing/index.ts'
import { authChainOf, type GivenState, givesState, HostileWorld, manyExtremities } from './hostile-world.ts'

const world = await HostileWorld.open()
after(() => world.close())
const { liar, ann } = world

/** In this short form: the long one has those that the name says. */
const chainLength = 2_000
const extremities = 300

test('a state with two events for one key does not become the room’s', async () => {
  const room = await world.attackedRoom()
  const names = ['one', 'two'].map(name =>
    room.teller.tell({ ...stateEvent('org.example.twice', room.eve, { name }), stateKey: room.eve }, room.joined),
  )
  await attack(room, { more: names })
  assert.equal(await ann.stateContent(room.roomId, 'org.example.twice', room.eve), undefined)
  await world.unharmed(room)
})

test('a state that gives the liar all power does not become the room’s', async () => {
  const room = await world.attackedRoom()
  const levels = room.teller.tell(
    stateEvent('m.room.power_levels', room.eve, { users: { [room.eve]: 100 } }),
    room.joined,
  )
  await attack(room, { more: [levels], without: 'm.room.power_levels' })
  assert.equal((await ann.stateContent(room.roomId, 'm.room.power_levels')).users[ann.id], 100)
  await world.unharmed(room)
})

test('a state without a create event, or with nothing in it, does not become the room’s', async () => {
  const room = await world.attackedRoom()
  const before = (await ann.state(room.roomId)).length
  await attack(room, { without: 'm.room.create' })
  await attack(room, { without: 'everything' })
  assert.equal((await ann.state(room.roomId)).length, before)
  await world.unharmed(room)
})

test('a long auth chain does not hold up anybody', async () => {
  const room = await world.attackedRoom()
  const chain = authChainOf(room, chainLength)
  await attack(room, { authChain: chain })
  await world.unharmed(room)
})

test('a room with very many forward extremities goes on', async () => {
  const room = await world.attackedRoom()
  await manyExtremities(world, room, extremities)
  await world.unharmed(room)
})

test('events that are given as their own auth events or prev events are not taken', async () => {
  const room = await world.attackedRoom()
  liar.answer({}, json({ pdu_ids: [], auth_chain_ids: [], pdus: [], auth_chain: [], events: [] }))
  const told = room.teller.tell(stateEvent('org.example.loop', room.eve, {}), room.joined)
  // Nobody can name an event before it is made: so these name each other by IDs that come to nothing.
  const loop = room.teller.tell(stateEvent('org.example.loop', room.eve, { again: true }), {
    ...told,
    state: new Map([...room.joined.state, [`m.room.member ${room.eve}`, told.event]]),
  })
  await liar.send(loop)
  assert.notEqual((await world.verdicts(room, loop))[0], 'accepted')
  liar.answer({})
  await world.unharmed(room)
})

/** An event after one that nobody has, with a state before it by the liar's word. */
async function attack(room: Parameters<typeof givesState>[1], given: GivenState): Promise<void> {
  const event = givesState(liar, room, given)
  const asked = liar.asked('state_ids').length
  await liar.send(event)
  assert.ok(liar.asked('state_ids').length > asked, 'it was asked for the state')
  liar.answer({})
}
