/**
 * Redactions by the rules of room version 3, "Handling redactions": the same end in either order of arrival, and looked at again when
 * a verdict is corrected.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  inlineCrypto,
  member,
  message,
  RoomTeller,
  redaction,
  stateEvent,
  type Told,
} from '../src/input/testing/index.ts'
import { SmallServer } from './small-server.ts'

const ann = '@ann:a'
const bob = '@bob:b'
const cat = '@cat:c'
const versions = ['1', '2', '3', '10', '12']

/** A public room of Ann, with Bob, who may redact, and Cat, who may not. */
function tellRoom(roomVersion: string) {
  const teller = new RoomTeller({ roomVersion, roomId: '!room:a', servers: ['a', 'b', 'c'], crypto: inlineCrypto })
  const creator = teller.tell(stateEvent('m.room.create', ann, { creator: ann, room_version: roomVersion }))
  const annIn = teller.tell(member(ann, 'join'), creator)
  const users = roomVersion === '12' ? { [bob]: 50 } : { [ann]: 100, [bob]: 50 }
  const power = teller.tell(stateEvent('m.room.power_levels', ann, { users }), annIn)
  const rule = teller.tell(stateEvent('m.room.join_rules', ann, { join_rule: 'public' }), power)
  const bobIn = teller.tell(member(bob, 'join'), rule)
  const catIn = teller.tell(member(cat, 'join'), bobIn)
  return { teller, users, creator, annIn, power, rule, bobIn, catIn, all: [creator, annIn, power, rule, bobIn, catIn] }
}

type Room = ReturnType<typeof tellRoom>

/** In several room versions, on a server that knows the room; afterwards `check` must find nothing. */
function inRooms(
  name: string,
  run: (server: SmallServer, room: Room) => Promise<void>,
  roomVersions: readonly string[] = versions,
): void {
  for (const version of roomVersions)
    test(`${name} (version ${version})`, async () => {
      const room = tellRoom(version)
      const server = await SmallServer.open(room.teller)
      await server.take(...room.all)
      await run(server, room)
      await server.assertSound()
      await server.server.close()
    })
}

async function assertRedacted(server: SmallServer, target: Told, by: Told, applied: boolean): Promise<void> {
  const row = { redaction: by.event.eventId, target: target.event.eventId, applied }
  assert.deepEqual(await server.redactions(by), [row])
  const told = await server.outputs('redacted', 'unredacted')
  const { event } = await server.row(target)
  const because = (await server.row(by)).event
  const last = told.filter(output => output.event === event && output.because === because).at(-1)
  assert.equal(last?.kind === 'redacted', applied)
}

for (const order of ['before', 'after'] as const) {
  inRooms(`a soft-failed event that comes ${order} its redaction is redacted`, async (server, { teller, catIn }) => {
    const banned = teller.tell(member(cat, 'ban', ann), catIn)
    const late = teller.tell(message(cat, 'still here'), catIn)
    const forgets = teller.tell(redaction(ann, late), banned)
    await server.take(banned)
    if (order === 'before') assert.equal(await server.take(late), 'soft-failed')
    await server.take(forgets)
    if (order === 'after') assert.equal(await server.take(late), 'soft-failed')
    await assertRedacted(server, late, forgets, true)
    assert.equal((await server.outputs('redacted')).length, 1)
  })

  inRooms(`a soft-failed redaction that comes ${order} its target redacts nothing`, async (server, room) => {
    const { teller, bobIn, catIn } = room
    const said = teller.tell(message(ann, 'hello'), catIn)
    const banned = teller.tell(member(bob, 'ban', ann), catIn)
    const forgets = teller.tell(redaction(bob, said), bobIn)
    await server.take(banned)
    if (order === 'after') await server.take(said)
    assert.equal(await server.take(forgets), 'soft-failed')
    if (order === 'before') await server.take(said)
    await assertRedacted(server, said, forgets, false)
    assert.deepEqual(await server.outputs('redacted'), [])
  })

  inRooms(`a rejected event that comes ${order} its redaction is not redacted`, async (server, { teller, catIn }) => {
    const left = teller.tell(member(cat, 'leave'), catIn)
    const outside = teller.tell(message(cat, 'from outside'), left)
    const forgets = teller.tell(redaction(ann, outside), left)
    await server.take(left)
    if (order === 'before') assert.equal(await server.take(outside), 'rejected')
    await server.take(forgets)
    if (order === 'after') assert.equal(await server.take(outside), 'rejected')
    await assertRedacted(server, outside, forgets, false)
  })

  inRooms(`an outlier that comes ${order} its redaction is redacted, and as a full event too`, async (server, room) => {
    const { teller, catIn } = room
    const said = teller.tell(message(cat, 'hello'), catIn)
    const forgets = teller.tell(redaction(bob, said), catIn)
    if (order === 'before') await server.take(teller.item(said, 'outlier'))
    await server.take(forgets)
    if (order === 'after') await server.take(teller.item(said, 'outlier'))
    await assertRedacted(server, said, forgets, true)
    await server.take(said)
    await assertRedacted(server, said, forgets, true)
    assert.equal((await server.outputs('redacted')).length, 1)
  })
}

inRooms(
  'an outlier that turns out rejected with its place in the graph is no longer redacted',
  async (server, room) => {
    const { teller, catIn } = room
    const left = teller.tell(member(cat, 'leave'), catIn)
    // By its own auth events Cat is in the room; where it stands in the graph she is not.
    const outside = teller.tell(message(cat, 'from outside'), { ...left, state: catIn.state })
    const forgets = teller.tell(redaction(ann, outside), left)
    await server.take(left, teller.item(outside, 'outlier'), forgets)
    await assertRedacted(server, outside, forgets, true)
    assert.equal(await server.take(outside), 'rejected')
    await assertRedacted(server, outside, forgets, false)
  },
)

inRooms('a redaction that turns out rejected is taken back', async (server, { teller, all, catIn }) => {
  const said = teller.tell(message(cat, 'hello'), catIn)
  const left = teller.tell(member(cat, 'leave'), said)
  const forgets = teller.tell(redaction(cat, said), { ...left, state: catIn.state })
  await server.take(said)
  await server.take(server.withState(forgets, all))
  await assertRedacted(server, said, forgets, true)
  await server.take(left)
  assert.equal((await server.row(forgets)).status, 'rejected')
  await assertRedacted(server, said, forgets, false)
  const [corrected] = await server.outputs('state-corrected')
  assert.equal(corrected?.status, 'rejected')
})

inRooms('a redaction that turns out accepted takes effect', async (server, { teller, all, bobIn, catIn }) => {
  const said = teller.tell(message(cat, 'hello'), catIn)
  const between = teller.tell(message(ann, 'not here at first'), said)
  const forgets = teller.tell(redaction(bob, said), between)
  await server.take(said)
  await server.take(
    server.withState(
      forgets,
      all.filter(told => told !== bobIn),
    ),
  )
  assert.equal((await server.row(forgets)).status, 'rejected')
  await assertRedacted(server, said, forgets, false)
  await server.take(between)
  assert.equal((await server.row(forgets)).status, 'accepted')
  await assertRedacted(server, said, forgets, true)
})

inRooms('an event that turns out accepted suffers what redacted it before', async (server, room) => {
  const { teller, all, catIn } = room
  const between = teller.tell(message(ann, 'not here at first'), catIn)
  const said = teller.tell(message(cat, 'hello'), between)
  const forgets = teller.tell(redaction(bob, said), catIn)
  await server.take(
    forgets,
    server.withState(
      said,
      all.filter(told => told !== catIn),
    ),
  )
  assert.equal((await server.row(said)).status, 'rejected')
  await assertRedacted(server, said, forgets, false)
  await server.take(between)
  assert.equal((await server.row(said)).status, 'accepted')
  await assertRedacted(server, said, forgets, true)
})

inRooms('an event that turns out rejected is no longer redacted', async (server, { teller, all, catIn }) => {
  const left = teller.tell(member(cat, 'leave'), catIn)
  const outside = teller.tell(message(cat, 'from outside'), { ...left, state: catIn.state })
  const forgets = teller.tell(redaction(bob, outside), catIn)
  await server.take(forgets, server.withState(outside, all))
  await assertRedacted(server, outside, forgets, true)
  await server.take(left)
  assert.equal((await server.row(outside)).status, 'rejected')
  await assertRedacted(server, outside, forgets, false)
})

// In versions 1 and 2 the redaction itself is rejected then: that is tested above.
inRooms(
  'whether a redaction is allowed is judged by the corrected state before it',
  async (server, { teller, all, users, catIn }) => {
    const said = teller.tell(message(cat, 'hello'), catIn)
    const lowered = teller.tell(stateEvent('m.room.power_levels', ann, { users: { ...users, [bob]: 0 } }), said)
    const forgets = teller.tell(redaction(bob, said), lowered)
    await server.take(said, teller.item(lowered, 'outlier'))
    await server.take(server.withState(forgets, all))
    assert.equal((await server.row(forgets)).status, 'accepted')
    await assertRedacted(server, said, forgets, true)
    await server.take(lowered)
    assert.equal((await server.row(forgets)).status, 'accepted')
    await assertRedacted(server, said, forgets, false)
  },
  ['3', '10', '12'],
)
