/** A server that sends events which are not what they claim to be. Server-server API, "Checks performed on receipt of a PDU". */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nodeCrypto } from '@neurite/protocol'
import { member, message, RoomTeller, stateEvent } from '@neurite/roomserver/input/testing'
import { until } from '../interop/until.ts'
import { HostileWorld } from './hostile-world.ts'
import { changed, idOf, roomVersion } from './liar.ts'

const world = await HostileWorld.open()
after(() => world.close())
const { liar, ann } = world

test('an event with a forged signature is refused and not kept', async () => {
  const room = await world.attackedRoom()
  const told = room.teller.tell(message(room.eve, 'forged'), room.joined)
  const forged = changed(told, pdu => {
    pdu['signatures'] = {
      [liar.name]: { [liar.signer.keyId]: Buffer.alloc(64, 7).toString('base64').replace(/=+$/, '') },
    }
  })
  const results = await liar.send(forged)
  assert.match(results[idOf(forged)]?.error ?? '', /signature/i)
  assert.equal(await liar.has(idOf(forged)), false)
  await world.unharmed(room)
})

test('an event without any signature is refused and not kept', async () => {
  const room = await world.attackedRoom()
  const bare = changed(room.teller.tell(message(room.eve, 'bare'), room.joined), pdu => {
    pdu['signatures'] = {}
  })
  const results = await liar.send(bare)
  assert.ok(results[idOf(bare)]?.error)
  assert.equal(await liar.has(idOf(bare)), false)
  await world.unharmed(room)
})

test('an event in the name of a user of the attacked server, signed by the liar, is refused', async () => {
  const room = await world.attackedRoom()
  // Signed by a key that is made from the attacked server's name, and is not that server's.
  const teller = new RoomTeller({
    roomVersion,
    roomId: room.roomId,
    servers: [liar.name, world.peer.name],
    crypto: nodeCrypto,
  })
  const forged = teller.tell(stateEvent('m.room.name', ann.id, { name: 'taken over' }), room.joined)
  const results = await liar.send(forged)
  assert.ok(results[forged.event.eventId]?.error)
  assert.equal((await ann.stateContent(room.roomId, 'm.room.name')).name, 'attacked')
  await world.unharmed(room)
})

test('an event whose content was changed after it was hashed is taken without that content', async () => {
  const room = await world.attackedRoom()
  const told = room.teller.tell(message(room.eve, 'what was said'), room.joined)
  const twisted = changed(told, pdu => {
    pdu['content'] = { body: 'what was never said', msgtype: 'm.text' }
  })
  // Its ID is that of its redacted form, which is still signed.
  await liar.send(twisted)
  const seen = await until('it is there, redacted', () => ann.event(room.roomId, told.event.eventId))
  assert.deepEqual(seen.content, {})
  await world.unharmed(room)
})

test('an event that its sender has no power for is refused', async () => {
  const room = await world.attackedRoom()
  const levels = room.teller.tell(
    stateEvent('m.room.power_levels', room.eve, { users: { [room.eve]: 100 } }),
    room.joined,
  )
  await liar.send(levels)
  assert.deepEqual(await world.verdicts(room, levels), ['rejected'])
  assert.equal((await ann.stateContent(room.roomId, 'm.room.power_levels')).users[room.eve], undefined)
  await world.unharmed(room)
})

test('an event that names auth events which let it in, and are not those of the room, is refused', async () => {
  const room = await world.attackedRoom()
  const other = await world.attackedRoom()
  // The power levels of the room at its beginning, and eve's membership of another room.
  const state = new Map(room.joined.state)
  state.set(`m.room.member ${room.eve}`, other.joined.event)
  const told = room.teller.tell(message(room.eve, 'from elsewhere'), { ...room.joined, state })
  await liar.send(told)
  const [verdict] = await world.verdicts(room, told)
  assert.ok(verdict === undefined || verdict === 'rejected', `it is ${verdict}`)
  assert.equal(await ann.event(room.roomId, told.event.eventId), undefined)
  await world.unharmed(room)
})

test('an event that kicks the owner out is refused, and so is what builds on it', async () => {
  const room = await world.attackedRoom()
  const kick = room.teller.tell(member(ann.id, 'leave', room.eve), room.joined)
  const after = room.teller.tell(stateEvent('m.room.topic', room.eve, { topic: 'mine now' }), kick)
  await liar.send(kick, after)
  assert.deepEqual(await world.verdicts(room, kick, after), ['rejected', 'rejected'])
  assert.equal((await ann.stateContent(room.roomId, 'm.room.member', ann.id)).membership, 'join')
  assert.equal(await ann.stateContent(room.roomId, 'm.room.topic'), undefined)
  await world.unharmed(room)
})

test('what is no event at all is passed over: the honest events of its transaction are taken', async () => {
  const room = await world.attackedRoom()
  const honest = room.teller.tell(message(room.eve, 'in bad company'), room.joined)
  const rubbish = [
    '{}',
    '{"room_id":7}',
    JSON.stringify({ room_id: room.roomId, type: 'm.room.message', depth: 'deep' }),
  ]
  const huge = changed(room.teller.tell(message(room.eve, 'long'), room.joined), pdu => {
    pdu['content'] = { body: 'x'.repeat(70_000) }
  })
  await liar.send(...rubbish, huge, honest)
  await until('the honest event is taken', () => liar.has(honest.event.eventId))
  await world.unharmed(room)
})
