/**
 * What is fetched from other servers when somebody asks for it: history before what is here, and the state of a room by a server's word.
 */
import assert from 'node:assert/strict'
import type { RoomServerApi } from '../../src/api/index.ts'
import { member, message, stateEvent, type Told } from '../../src/input/testing/index.ts'
import type { PeerRequests } from '../../src/perform/index.ts'
import { bob, eve, FarRoom } from '../far-room.ts'
import { far } from '../server-in-memory.ts'
import { inBothTransports } from './both-transports.ts'

/** A room with a past, which bob comes into. */
function roomWithPast() {
  const room = new FarRoom()
  const past = Array.from({ length: 6 }, (_, i) => room.tell(message(eve, `${i}`)))
  return { room, past, join: room.tell(member(bob, 'join')) }
}

/** Takes the join with the state before it, as joining does. @param without entries that are left out of the state */
async function comeIn(api: RoomServerApi, room: FarRoom, join: Told, without: readonly Told[] = []): Promise<void> {
  const { roomId, roomVersion } = room
  const { state, authChain } = room.roomBefore(join)
  const left = new Set(without.map(({ pdu }) => pdu))
  const { result } = await api.inputEventWithState({
    event: { kind: 'new', roomId, roomVersion, pdu: join.pdu, origin: far },
    state: state.filter(pdu => !left.has(pdu)),
    authEvents: [...authChain],
  })
  assert.equal(result.kind, 'accepted')
}

const idsOf = (told: readonly Told[]) => told.map(({ event }) => event.eventId as string)

async function statusOf(api: RoomServerApi, { event }: Told) {
  const { events } = await api.queryEventsById({ roomId: event.roomId as string, eventIds: [event.eventId] })
  return events[0]?.outlier === true ? 'outlier' : events[0]?.status
}

{
  const { room, past, join } = roomWithPast()
  inBothTransports(
    'history before a join is fetched piece by piece, until there is no more',
    async ({ api, server }) => {
      const { roomId } = room
      await comeIn(api, room, join)
      const first = await api.performBackfill({ roomId, limit: 4 })
      assert.deepEqual(first, { eventIds: idsOf(past.slice(2)), more: true })
      assert.equal(await statusOf(api, past[2] as Told), 'accepted')
      // Old events are told as such: who reads the output does not take them for new ones.
      const told = (await api.readOutput({ after: '', limit: 1_000 })).events.map(({ output }) => output)
      assert.equal(told.filter(({ kind }) => kind === 'old').length, 4)
      const second = await api.performBackfill({ roomId, before: [past[2]?.event.eventId as string], limit: 100 })
      assert.deepEqual(second.eventIds.slice(-2), idsOf(past.slice(0, 2)))
      assert.deepEqual(await api.performBackfill({ roomId, limit: 100 }), { eventIds: [], more: false })
      // With all of the graph here nothing rests on anybody's word any more.
      await server.server.whenIdle()
      const verdict = await api.queryVerdict({ roomId, eventId: join.event.eventId })
      assert.equal(verdict.stateBefore, 'computed')
    },
    { peers: room.peers(), remoteServers: room.remoteServers },
  )
}

for (const [what, change] of [
  ['whose signature is forged', (pdu: string) => pdu.replace(/"ed25519:1":"[^"]{8}/, '"ed25519:1":"AAAAAAAA')],
  ['that is no event', () => '{"type":"m.room.message"}'],
] as const) {
  const { room, past, join } = roomWithPast()
  const forged = past[3]?.pdu as string
  const backfill: PeerRequests['backfill'] = async (server, roomId, from, limit) => {
    const pdus = await room.peers().backfill(server, roomId, from, limit)
    return pdus.map(pdu => (pdu === forged ? change(pdu) : pdu))
  }
  inBothTransports(
    `history ${what} is not taken, nor is what has no other way to it`,
    async ({ api }) => {
      await comeIn(api, room, join)
      await api.performBackfill({ roomId: room.roomId, limit: 5 })
      assert.equal(await statusOf(api, past[3] as Told), undefined)
      assert.equal(await statusOf(api, past[5] as Told), 'accepted')
    },
    { peers: room.peers({ backfill }), remoteServers: room.remoteServers },
  )
}

{
  const { room, join } = roomWithPast()
  // A branch that the join knows nothing of.
  const aside = room.tell(message(eve, 'later'))
  inBothTransports(
    'what a server sends along that does not lead to what was asked for is no history',
    async ({ api }) => {
      await comeIn(api, room, join)
      assert.deepEqual(await api.performBackfill({ roomId: room.roomId, limit: 5 }), { eventIds: [], more: false })
      assert.equal(await statusOf(api, aside), undefined)
    },
    { peers: room.peers({ backfill: async () => [aside.pdu] }), remoteServers: room.remoteServers },
  )
}

inBothTransports(
  'history is not fetched of a room that is not here, nor where no server can be asked',
  async ({ api }) => {
    await assert.rejects(api.performBackfill({ roomId: '!none:here.example', limit: 1 }), { errcode: 'M_NOT_FOUND' })
    const { roomId } = await api.performCreateRoom({ creator: bob, preset: 'public_chat' })
    assert.deepEqual(await api.performBackfill({ roomId, limit: 1 }), { eventIds: [], more: false })
  },
)

{
  const { room } = roomWithPast()
  const name = room.tell(stateEvent('m.room.name', eve, { name: 'Hall' }))
  const join = room.tell(member(bob, 'join'))
  inBothTransports(
    'the state that a server gives at the newest event counts where nothing more certain is known',
    async ({ api }) => {
      const { roomId } = room
      // Whoever let bob in did not tell of the name.
      await comeIn(api, room, join, [name])
      const nameIn = async () =>
        (await api.queryCurrentState({ roomId })).state.some(({ eventId }) => eventId === name.event.eventId)
      assert.equal(await nameIn(), false)
      const { eventId } = join.event
      const downloaded = await api.adminDownloadState({ roomId, server: far })
      assert.deepEqual(downloaded, { eventId, added: [name.event.eventId], removed: [] })
      assert.equal(await nameIn(), true)
      const told = (await api.readOutput({ after: '', limit: 1_000 })).events.map(({ output }) => output)
      const corrected = told.filter(output => output.kind === 'state-corrected')
      assert.deepEqual(
        corrected.map(({ current }) => current.added),
        [[name.event.eventId]],
      )
      // Once more: it is there.
      assert.deepEqual(await api.adminDownloadState({ roomId, server: far }), { eventId, added: [], removed: [] })
    },
    { remoteServers: room.remoteServers },
  )
}

{
  const room = new FarRoom()
  const name = room.tell(stateEvent('m.room.name', eve, { name: 'Hall' }))
  const said = room.tell(message(eve, 'hello'))
  const lying = {
    ...{ missingEvents: async () => [], eventAuth: async () => [], event: async () => undefined },
    state: async () => undefined,
    stateIds: async () => {
      const { state, authChain } = room.world.state(said.event.eventId) ?? { state: [], authChain: [] }
      const ids = state.map(({ event }) => event.eventId).filter(eventId => eventId !== name.event.eventId)
      return { stateIds: ids, authChainIds: authChain.map(({ event }) => event.eventId) }
    },
  }
  inBothTransports(
    'no server can give another state than follows from the events that are here',
    async ({ api }) => {
      const { roomId, roomVersion } = room
      const items = [...room.world.events()].map(({ pdu }) => ({
        ...({ kind: 'new', roomId, roomVersion, pdu, origin: far } as const),
      }))
      await api.inputRoomEvents({ items })
      const before = await api.queryCurrentState({ roomId })
      await assert.rejects(api.adminDownloadState({ roomId, server: far }), { errcode: 'M_BAD_STATE' })
      assert.deepEqual(await api.queryCurrentState({ roomId }), before)
      await assert.rejects(api.adminDownloadState({ roomId: '!none:far.example', server: far }), {
        errcode: 'M_NOT_FOUND',
      })
      await assert.rejects(api.adminDownloadState({ roomId, server: 'here.example' }), { errcode: 'M_UNREACHABLE' })
    },
    { remoteServers: lying },
  )
}
