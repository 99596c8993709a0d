import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeCrypto, type RoomEvent, roomVersions, rulesOf, type ServerName } from '@neurite/protocol'
import { EventMaker, signerOf } from '@neurite/roomserver/input/testing'
import { SeededRandomness } from '@neurite/roomserver/runtime'
import { Referee } from './referee.ts'
import { RoomLife } from './room-life.ts'

const server = 's1.example' as ServerName

/** The beginning of a room, and one more event of a user who is not in it. */
function makeRoom(version: string) {
  const maker = new EventMaker(rulesOf(version), nodeCrypto, [signerOf(server, nodeCrypto)])
  const beginning = new RoomLife(maker, [server], new SeededRandomness(1))
    .beginning(1_000_000)
    .map(({ event }) => event)
  const last = beginning.at(-1) as RoomEvent
  const { roomId } = last
  const authEvents = beginning.filter(({ type }) => type === 'm.room.create' || type === 'm.room.power_levels')
  const [, ...withoutCreate] = authEvents
  const stranger = maker.make({
    ...{ roomId, type: 'm.room.message', sender: `@stranger:${server}`, timestamp: 2_000_000, prevEvents: [last] },
    authEvents: rulesOf(version).auth.createImpliedByRoomId ? withoutCreate : authEvents,
  }).event
  return { rules: maker.rules, beginning, stranger }
}

for (const version of roomVersions.keys())
  test(`a room’s beginning is accepted and a stranger’s word rejected, whatever order they come in (version ${version})`, () => {
    const { rules, beginning, stranger } = makeRoom(version)
    const referee = new Referee(rules, [stranger, ...beginning.toReversed()])
    const { events, state, extremities } = referee.account((beginning.at(-1) as RoomEvent).eventId)
    const rejected = [...events.values()].filter(({ status }) => status === 'rejected').map(({ eventId }) => eventId)
    assert.deepEqual(rejected, [stranger.eventId])
    assert.deepEqual(state, beginning.map(({ eventId }) => eventId).sort())
    assert.deepEqual(events.get(stranger.eventId)?.stateBefore, state)
    assert.equal(extremities.length, 1)
  })

test('an event that refers to one that nobody has cannot be judged', () => {
  const { rules, beginning, stranger } = makeRoom('11')
  assert.throws(() => new Referee(rules, [...beginning.slice(1), stranger]), /nobody has/)
})
