/**
 * Working out a room's states anew: what is right is left alone, and what was damaged on disk is found and repaired, so that `check` finds
 * nothing any more.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoomEvent } from '@neurite/protocol'
import { type EventRow, MemoryDisk } from '../src/storage/index.ts'
import type { RoomNid } from '../src/types/index.ts'
import { far, farEvent, ServerInMemory } from './server-in-memory.ts'
import { findingsIn } from './sound.ts'

const ann = '@ann:here.example'
const bob = '@bob:here.example'
const eve = `@eve:${far}`

/** A room with a fork that was merged, whose branches disagree on the topic. */
async function forkedRoom(server: ServerInMemory): Promise<string> {
  const { api } = server.server
  const { roomId } = await api.performCreateRoom({
    ...{ creator: ann, preset: 'public_chat', roomVersion: '11', name: 'Hall' },
    powerLevelContentOverride: { users: { [ann]: 100, [eve]: 50 } },
  })
  const tip = (await server.events(roomId)).at(-1)?.event as RoomEvent
  const member = { roomId, type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join' } }
  const join = farEvent('11', { ...member, prevEvents: [tip], state: await server.state(roomId) })
  await server.take(join)
  const state = await server.state(roomId)
  const topic = (text: string) => ({ type: 'm.room.topic', stateKey: '', content: { topic: text } })
  await api.performSend({ roomId, event: { ...topic('ours'), sender: ann } })
  const theirs = { roomId, ...topic('theirs'), sender: eve }
  await server.take(farEvent('11', { ...theirs, prevEvents: [join.event], state }))
  await api.performSend({ roomId, event: { type: 'm.room.message', sender: ann, content: { body: 'merged' } } })
  await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
  await api.performSend({ roomId, event: { type: 'm.room.message', sender: bob, content: { body: 'here' } } })
  return roomId
}

/** Changes the stored row of the first event of a type and state key. */
function damage(disk: MemoryDisk, eventId: string, change: (row: EventRow) => Partial<EventRow>): void {
  for (const tables of disk.rooms.values())
    for (const [nid, row] of tables.events)
      if (row.eventId === eventId) tables.events.set(nid, { ...row, ...change(row) })
}

async function findings({ server: { reader } }: ServerInMemory): Promise<string[]> {
  return (await findingsIn(reader)).map(({ check }) => check)
}

/** A forked room on a disk that is then damaged; what a server started on it says of it, and whether the repair holds. */
async function repaired(damageIt: (disk: MemoryDisk, events: readonly RoomEvent[]) => void) {
  const disk = new MemoryDisk()
  const before = await ServerInMemory.open({ disk })
  const roomId = await forkedRoom(before)
  const events = (await before.events(roomId)).map(({ event }) => event)
  const state = [...(await before.state(roomId)).values()].map(({ eventId }) => eventId)
  const name = (eventId: string) => {
    const event = events.find(one => one.eventId === eventId)
    return `${event?.type} ${event?.stateKey ?? event?.content['body']}`
  }
  await before.close()
  damageIt(disk, events)

  const server = await ServerInMemory.open({ disk })
  const { api } = server.server
  assert.notDeepEqual(await findings(server), [])
  const looked = await api.adminRecomputeState({ roomId, repair: false })
  assert.equal(looked.repaired, false)
  assert.notDeepEqual(await findings(server), [], 'looking changes nothing')
  const { outputPosition: position } = await api.queryStats({})
  const mended = await api.adminRecomputeState({ roomId, repair: true })
  assert.equal(mended.repaired, true)
  assert.deepEqual(mended.wrongStates, looked.wrongStates)
  assert.deepEqual(await findings(server), [])
  const now = [...(await server.state(roomId)).values()].map(({ eventId }) => eventId)
  assert.deepEqual(new Set(now), new Set(state))
  const told = (await api.readOutput({ after: position })).events.map(({ output }) => output.kind)
  const isMoved = mended.current.added.length + mended.current.removed.length > 0
  if (isMoved) assert.ok(told.includes('state-corrected'), 'subscribers hear of it')
  const again = await api.adminRecomputeState({ roomId, repair: true })
  assert.deepEqual([again.wrongStates, again.current, again.repaired], [[], { added: [], removed: [] }, false])
  // The room goes on.
  await api.performSend({ roomId, event: { type: 'm.room.message', sender: bob, content: { body: 'after' } } })
  await server.close()
  assert.deepEqual(server.errors, [])
  return { looked, mended, wrong: looked.wrongStates.map(name) }
}

test('a room whose states are what the graph gives is left as it is', async () => {
  const server = await ServerInMemory.open()
  const roomId = await forkedRoom(server)
  const { api } = server.server
  const before = await api.queryStats({})
  const said = await api.adminRecomputeState({ roomId, repair: true })
  const events = (await server.events(roomId)).length
  assert.deepEqual(said, { events, wrongStates: [], current: { added: [], removed: [] }, repaired: false })
  assert.deepEqual(await api.queryStats({}), before)
  await assert.rejects(api.adminRecomputeState({ roomId: '!none:here.example', repair: false }), {
    errcode: 'M_NOT_FOUND',
  })
  await server.close()
})

test('a wrong state is found with all that follows from it, and put right', async () => {
  const { wrong, looked } = await repaired((disk, events) => {
    // The merging message forgets what the branches came to: the empty state stands before it, and so after it.
    const merging = events.find(({ content }) => content['body'] === 'merged') as RoomEvent
    damage(disk, merging.eventId, () => ({ snapshotBefore: 0, snapshotAfter: 0 }))
  })
  assert.equal(wrong[0], 'm.room.message merged')
  // What came after it was stored with the right state: only the message itself is wrong.
  assert.deepEqual([wrong.length, looked.current], [1, { added: [], removed: [] }])
})

test('a state event that changed nothing is found', async () => {
  const { wrong } = await repaired((disk, events) => {
    const topic = events.find(({ content }) => content['topic'] === 'ours') as RoomEvent
    damage(disk, topic.eventId, row => ({ snapshotAfter: row.snapshotBefore }))
  })
  assert.deepEqual(wrong, ['m.room.topic '])
})

test('a wrong current state is found by itself, with the entries that differ', async () => {
  const { looked, mended, wrong } = await repaired((disk, events) => {
    const [room, tables] = [...disk.rooms][0] as [RoomNid, NonNullable<ReturnType<MemoryDisk['rooms']['get']>>]
    const join = events.find(({ stateKey }) => stateKey === eve) as RoomEvent
    const row = [...tables.events.values()].find(({ eventId }) => eventId === join.eventId) as EventRow
    disk.rooms.set(room, { ...tables, row: { ...tables.row, currentSnapshot: row.snapshotBefore } })
  })
  assert.deepEqual(wrong, [])
  assert.deepEqual(looked.current.removed, [])
  const added = looked.current.added.map(([type, stateKey]) => `${type} ${stateKey}`)
  assert.deepEqual(new Set(added), new Set([`m.room.member ${eve}`, `m.room.member ${bob}`, 'm.room.topic ']))
  assert.deepEqual(mended.current, looked.current)
})

test('what a resolution came to is not believed', async () => {
  const { wrong } = await repaired((disk, events) => {
    const [, tables] = [...disk.rooms][0] as [RoomNid, NonNullable<ReturnType<MemoryDisk['rooms']['get']>>]
    const rowOf = (eventId: string) => [...tables.events.values()].find(row => row.eventId === eventId) as EventRow
    const merging = events.find(({ content }) => content['body'] === 'merged') as RoomEvent
    const join = events.find(({ stateKey }) => stateKey === eve) as RoomEvent
    const state = rowOf(join.eventId).snapshotAfter
    // It came to the state without any topic, and was noted so.
    for (const [key, identity] of tables.identities)
      if (identity.kind === 'resolution') tables.identities.set(key, { ...identity, result: state as never })
    damage(disk, merging.eventId, () => ({ snapshotBefore: state, snapshotAfter: state }))
  })
  assert.deepEqual(wrong, ['m.room.message merged'])
})

test('what is kept of the members follows from the state again', async () => {
  const { looked } = await repaired(disk => {
    const [room, tables] = [...disk.rooms][0] as [RoomNid, NonNullable<ReturnType<MemoryDisk['rooms']['get']>>]
    disk.rooms.set(room, { ...tables, row: { ...tables.row, joinedMembers: 7, invitedMembers: 1 } })
    tables.servers.set('gone.example', 2)
    tables.servers.delete(far)
    const [someone] = tables.memberships.keys()
    if (someone !== undefined) tables.memberships.delete(someone)
  })
  assert.deepEqual([looked.wrongStates, looked.current], [[], { added: [], removed: [] }])
})
