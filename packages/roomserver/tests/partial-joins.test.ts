/**
 * Joins without members: usable at once, completed in the background, and in the end the same as whole joins. Server-server API,
 * "PUT /send_join", `omit_members`.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeCrypto, type ServerName } from '@neurite/protocol'
import type { RoomServer, RoomServerParts } from '../src/index.ts'
import {
  inlineCrypto,
  member,
  message,
  type RoomTeller,
  signerOf,
  stateEvent,
  RoomTeller as Teller,
  type Told,
} from '../src/input/testing/index.ts'
import { nodeRuntime } from '../src/runtime/index.ts'
import { MemoryDisk, openMemoryStorage } from '../src/storage/index.ts'
import { ScriptedResident, type Twist } from './scripted-resident.ts'
import { SmallServer } from './small-server.ts'

const here = 'here.invalid'
const me = `@me:${here}`
const [ann, bob, cat, dan, eve] = [
  '@ann:a.invalid',
  '@bob:b.invalid',
  '@cat:b.invalid',
  '@dan:a.invalid',
  '@eve:e.invalid',
]
const servers = ['a.invalid', 'b.invalid']
const now = 1_700_000_000_000

interface Room {
  readonly teller: RoomTeller
  readonly told: readonly Told[]
}

/** A room of some members; one has left, one is banned, and the levels changed since most came. */
function roomOf(): Room {
  const teller = new Teller({
    roomVersion: '11',
    roomId: '!room:a.invalid',
    servers: [...servers, 'e.invalid', here],
    crypto: nodeCrypto,
  })
  const told: Told[] = []
  const tell = (draft: Parameters<RoomTeller['tell']>[0]) => told.push(teller.tell(draft, ...told.slice(-1)))
  tell({ type: 'm.room.create', sender: ann, stateKey: '', content: { room_version: '11' } })
  tell(member(ann, 'join'))
  tell(stateEvent('m.room.power_levels', ann, { users: { [ann]: 100 } }))
  tell(stateEvent('m.room.join_rules', ann, { join_rule: 'public' }))
  for (const user of [bob, cat, dan, eve]) tell(member(user, 'join'))
  tell(stateEvent('m.room.topic', ann, { topic: 'members' }))
  tell(stateEvent('m.room.power_levels', ann, { users: { [ann]: 100, [bob]: 50 } }))
  tell(member(dan, 'leave'))
  tell(member(eve, 'ban', ann))
  return { teller, told }
}

const clock = { now: () => now, monotonic: () => nodeRuntime.clock.monotonic() }

async function open(
  { teller, told }: Room,
  twist: Twist = {},
  disk = new MemoryDisk(),
  more: Partial<RoomServerParts> = {},
) {
  const resident = new ScriptedResident(teller, told, servers, twist)
  const storage = await openMemoryStorage({ disk })
  const errors: unknown[] = []
  const small = await SmallServer.open(teller, new MemoryDisk(), {
    ...{ serverName: here as ServerName, storage, crypto: inlineCrypto, signer: () => signerOf(here, nodeCrypto) },
    ...{ runtime: { ...nodeRuntime, clock }, remoteServers: resident, peers: resident.peers },
    onError: error => errors.push(error),
    ...more,
  })
  const { server } = small
  const join = () => server.api.performJoin({ roomIdOrAlias: teller.roomId, userId: me, via: ['a.invalid'] })
  return { small, server, api: server.api, resident, storage, errors, join, roomId: teller.roomId }
}

type Opened = Awaited<ReturnType<typeof open>>

/** Every event that has its place in the graph: its verdict, and the states before and after it. */
async function lifeOf({ server, roomId }: Opened): Promise<Map<string, unknown>> {
  const { reader, states } = server
  const room = await reader.room(roomId)
  assert.ok(room !== undefined)
  const idsOf = async (snapshot: Parameters<RoomServer['states']['view']>[0]) => {
    const events = await reader.events([...(await states.view(snapshot)).entries()].map(({ event }) => event))
    return events.map(({ eventId }) => eventId).sort()
  }
  const life = new Map<string, unknown>()
  for (const row of await reader.eventsOfRoom(room.room, 0, 1_000))
    if (!row.outlier)
      life.set(row.eventId, {
        status: row.status,
        before: await idsOf(row.snapshotBefore),
        after: await idsOf(row.snapshotAfter),
      })
  life.set('current', await idsOf(room.currentSnapshot))
  life.set('members', [room.joinedMembers, room.invitedMembers])
  life.set('hosts', await reader.joinedServers(room.room, '', 100))
  return life
}

/** The same room and the same events after the join, joined whole. */
async function wholeLife(room: Room, after: (join: Told, resident: ScriptedResident) => readonly Told[] = () => []) {
  const whole = await open(room, {}, new MemoryDisk(), { partialJoins: false })
  await whole.join()
  assert.deepEqual(whole.resident.asked, ['send_join'])
  await whole.small.take(...after(whole.resident.join as Told, whole.resident))
  const life = await lifeOf(whole)
  await whole.server.close()
  return life
}

async function completed(opened: Opened): Promise<void> {
  await opened.server.whenIdle()
  const room = await opened.server.reader.partialJoins(undefined, 10)
  assert.deepEqual(room, [], 'it is still noted as partial')
  assert.deepEqual(opened.errors, [])
  await opened.small.assertSound()
}

test('a room joined without members is used at once, and is completed to what a whole join gives', async () => {
  const room = roomOf()
  const gate = Promise.withResolvers<void>()
  const opened = await open(room, { before: () => gate.promise })
  const { api, roomId, resident, small } = opened
  await opened.join()
  assert.deepEqual(resident.asked.slice(0, 1), ['send_join without members'])

  const sent = await api.performSend({ roomId, event: { type: 'm.room.message', sender: me, content: { body: 'hi' } } })
  const [read] = (await api.queryEventsById({ roomId, eventIds: [sent.eventId] })).events
  assert.equal(read?.status, 'accepted')
  const mine = resident.tell(message(bob, 'from one whose membership is not known'), resident.join as Told)
  const changes = resident.tell(stateEvent('m.room.topic', ann, { topic: 'new' }), mine)
  assert.equal(await small.server.receive([room.teller.item(mine)]).then(([result]) => result?.kind), 'accepted')
  assert.equal(await small.server.receive([room.teller.item(changes)]).then(([result]) => result?.kind), 'accepted')

  // Meanwhile: who needs all members waits, others are told that they are not all there.
  const current = await api.queryCurrentState({ roomId })
  assert.equal(current.partial, true)
  const hosts = await api.queryJoinedHosts({ roomId })
  assert.deepEqual([hosts.partial, hosts.servers.map(({ server }) => server)], [true, ['a.invalid', 'b.invalid', here]])
  assert.equal((await api.queryServerJoinedToRoom({ roomId, server: 'b.invalid' })).joined, true)
  const impatient = AbortSignal.timeout(20)
  await assert.rejects(api.queryMembersOfRoom({ roomId }, { signal: impatient }), { name: 'TimeoutError' })
  const members = api.queryMembersOfRoom({ roomId, membership: 'join' })

  gate.resolve()
  await completed(opened)
  assert.deepEqual((await members).members.map(({ pdu }) => JSON.parse(pdu).state_key).sort(), [ann, bob, cat, me])
  assert.equal((await members).partial, false)
  assert.equal((await api.queryCurrentState({ roomId })).partial, false)
  const life = await lifeOf(opened)
  const own = new Set([sent.eventId])
  const whole = await wholeLife(room, (join, other) => {
    const again = other.tell(message(bob, 'x'), join)
    return [{ ...mine, state: again.state }, changes]
  })
  for (const [key, value] of whole) if (key !== 'current') assert.deepEqual(life.get(key), value, key)
  assert.deepEqual(
    [...life.keys()].filter(key => !whole.has(key)),
    [...own],
  )
  assert.deepEqual(life.get('current'), whole.get('current'))

  const corrected = await small.outputs('state-corrected')
  assert.equal(
    corrected.filter(({ before }) => before.added.length > 0).length,
    1,
    'the state that came is told of once',
  )
  assert.ok(
    corrected.some(({ current: { added } }) => added.length === 5),
    'the members that came are told of',
  )
  await opened.server.close()
})

test('who was let through by an old join is judged again by the bans that the whole state has', async () => {
  const room = roomOf()
  const gate = Promise.withResolvers<void>()
  const opened = await open(room, { before: () => gate.promise })
  await opened.join()
  // Eve names the join that she had once, as if she had never been banned.
  const then = room.told.find(({ event }) => event.stateKey === eve) as Told
  const { resident, small } = opened
  const join = resident.join as Told
  const old = new Map([...join.state, [`m.room.member ${eve}`, then.event]])
  const sneaked = resident.tell(message(eve, 'am I here?'), { ...join, state: old })
  const [result] = await small.server.receive([room.teller.item(sneaked)])
  assert.equal(result?.kind, 'accepted')
  gate.resolve()
  await completed(opened)
  assert.equal((await small.row(sneaked)).status, 'rejected')
  const nid = (await small.row(sneaked)).event
  const corrected = await small.outputs('state-corrected')
  assert.deepEqual(
    corrected.filter(({ event }) => event === nid).map(({ status }) => status),
    ['rejected'],
  )
  assert.deepEqual(await lifeOf(opened), await wholeLife(room, () => [sneaked]))
  await opened.server.close()
})

test('killed while the state is fetched, a server goes on where it was after the next start', async () => {
  const room = roomOf()
  const disk = new MemoryDisk()
  const isLater = (eventId: string) => room.told.slice(6).some(({ event }) => event.eventId === eventId)
  // Of the state half comes, and the connection breaks for good.
  const first = await open(room, { comes: (_, { event }) => !isLater(event.eventId) }, disk)
  await first.join()
  await first.server.whenIdle()
  const row = (await first.server.reader.partialJoins(undefined, 10))[0]
  assert.deepEqual([row?.roomId, row?.via, row?.servers], [first.roomId, 'a.invalid', JSON.stringify(servers)])
  const join = first.resident.join as Told
  first.storage.crash()
  await first.server.close()

  const second = await open(room, {}, disk)
  second.resident.tell(message(ann, 'unheard'), join)
  await completed(second)
  assert.deepEqual(await lifeOf(second), await wholeLife(room))
  await second.server.close()
})

test('a server that lies about the servers, and leaves out more than members, is set right by the whole state', async () => {
  const room = roomOf()
  const opened = await open(room, {
    joined: given => ({
      ...given,
      state: given.state.filter(pdu => !pdu.includes('m.room.topic')),
      serversInRoom: ['gone.invalid', 'a.invalid'] as ServerName[],
    }),
  })
  await opened.join()
  await completed(opened)
  assert.deepEqual(await lifeOf(opened), await wholeLife(room))
  const { servers: hosts } = await opened.api.queryJoinedHosts({ roomId: opened.roomId })
  assert.deepEqual(
    hosts.map(({ server }) => server),
    ['a.invalid', 'b.invalid', here],
  )
  await opened.server.close()
})

test('what one server does not give another one does; a state that does not allow the join is not taken', async () => {
  const room = roomOf()
  const banned = room.teller.tell(member(me, 'ban', ann), room.told.at(-1) as Told)
  const opened = await open(room, {
    // The first shows a state in which the user is banned, the second lacks the events of some members.
    state: (server, state) => (server === 'a.invalid' ? [...state, banned] : state),
    comes: (server, { event }) => server !== 'b.invalid' || event.stateKey !== cat,
  })
  await opened.join()
  await completed(opened)
  const { asked } = opened.resident
  assert.deepEqual(
    asked.filter(question => question.startsWith('state_ids')),
    ['state_ids a.invalid', 'state_ids b.invalid'],
  )
  assert.deepEqual(await lifeOf(opened), await wholeLife(room))
  await opened.server.close()
})
