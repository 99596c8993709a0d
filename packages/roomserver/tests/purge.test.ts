/**
 * Purging a room: nothing of it is left, names that rooms share stay, and it goes on after a crash between any two steps. Proved by
 * `check`, which looks for rows that nothing leads to.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoomEvent } from '@neurite/protocol'
import { readOutput } from '../src/output/index.ts'
import { nodeRuntime } from '../src/runtime/index.ts'
import { MemoryDisk, openMemoryStorage, type Storage } from '../src/storage/index.ts'
import { openSqliteForReading } from '../src/storage/sqlite/index.ts'
import { type SqlitePlace, sqlitePlace } from '../src/storage/tests/sqlite-place.ts'
import { far, farEvent, ServerInMemory } from './server-in-memory.ts'
import { assertSound } from './sound.ts'
import { storageWith } from './storage-with.ts'

const ann = '@ann:here.example'
const bob = '@bob:here.example'
const eve = `@eve:${far}`

/** Rows that one step takes in these tests: few, so that there are many steps. */
const fewRows = 6

/** Points at which the disk fails, spread over the whole purge. */
const pointsTried = 10

interface Rooms {
  readonly going: string
  readonly staying: string
}

/** A room with all that can belong to one, and another that shares its names. */
async function twoRooms(server: ServerInMemory): Promise<Rooms> {
  const { api } = server.server
  const make = async (name: string) => {
    const { roomId } = await api.performCreateRoom({
      ...{ creator: ann, preset: 'public_chat', roomVersion: '11', name, visibility: 'public', aliasLocalpart: name },
      initialState: [
        { type: 'm.room.history_visibility', content: { history_visibility: 'world_readable' } },
        { type: 'org.example.shared', stateKey: 'shared', content: {} },
      ],
    })
    await api.performJoin({ roomIdOrAlias: roomId, userId: bob })
    return roomId
  }
  const [going, staying] = [await make('going'), await make('staying')]
  const tip = (await server.events(going)).at(-1)?.event as RoomEvent
  const member = { roomId: going, type: 'm.room.member', sender: eve, stateKey: eve, content: { membership: 'join' } }
  await server.take(farEvent('11', { ...member, prevEvents: [tip], state: await server.state(going) }))
  const message = { type: 'm.room.message', sender: bob, content: { body: 'mine' } }
  const { eventId } = await api.performSend({ roomId: going, event: message })
  await api.performSend({
    roomId: going,
    event: { type: 'm.room.redaction', sender: bob, content: { redacts: eventId } },
  })
  await api.performPeek({ roomId: going, userId: '@cat:here.example', device: 'D' })
  await api.performLeave({ roomId: going, userId: bob })
  await api.performForget({ roomId: going, userId: bob })
  return { going, staying }
}

/** @param beforeStep called and waited for before each step: the same storage otherwise, but that a step takes few rows */
function inSmallSteps(storage: Storage, beforeStep: () => unknown): Storage {
  return storageWith(storage, {
    purge: async room => {
      await beforeStep()
      return storage.purge(room, fewRows)
    },
  })
}

/** Waits until nothing is being purged any more. */
async function allPurged({ server }: ServerInMemory): Promise<void> {
  while ((await server.reader.purgingRooms(0, 1)).length > 0) await nodeRuntime.timers.yieldNow()
}

/** What must hold once a room was purged, however often that was interrupted. */
async function goneWithoutTrace(server: ServerInMemory, { going, staying }: Rooms): Promise<void> {
  const { reader, api } = server.server
  await allPurged(server)
  assert.deepEqual(
    (await reader.rooms(0, 10)).map(({ roomId }) => roomId),
    [staying],
  )
  assert.deepEqual((await reader.aliasesOfRoom(going, '', 10)).length, 0)
  assert.deepEqual(await reader.published(undefined, undefined, '', 10), [staying])
  assert.deepEqual(await reader.forgottenBy(bob, '', 10), [])
  assert.deepEqual(await reader.peeksOfRoom(going, undefined, 10), [])
  assert.deepEqual(await reader.queuedRooms('', 10), [])
  const rows = await reader.output(0, 1_000)
  const told = rows.filter(({ payload }) => payload.includes(going)).map(({ payload }) => readOutput(payload))
  assert.ok(told.length > 0, 'it is not told of')
  for (const output of told) assert.deepEqual(output, { kind: 'purged', roomId: going })
  // The other room goes on, under the names that both had.
  assert.equal((await server.content(staying, 'm.room.name'))?.['name'], 'staying')
  assert.ok((await server.state(staying)).has('org.example.shared shared'))
  await api.performSend({ roomId: staying, event: { type: 'm.room.message', sender: ann, content: { body: 'x' } } })
}

test('after a crash between any two steps of a purge the next start ends it', async () => {
  const disk = new MemoryDisk()
  const steps: MemoryDisk[] = []
  const storage = inSmallSteps(await openMemoryStorage({ disk }), () => steps.push(disk.copy()))
  const server = await ServerInMemory.open({ storage })
  const rooms = await twoRooms(server)
  await server.server.api.adminPurgeRoom({ roomId: rooms.going })
  await goneWithoutTrace(server, rooms)
  await assertSound(server.server.reader)
  await server.close()
  assert.deepEqual(server.errors, [])
  assert.ok(steps.length > 5, `it was done in ${steps.length} steps`)
  // Before the first step nothing is decided: the room is there still.
  for (const crashed of steps.slice(1)) {
    const again = await ServerInMemory.open({ disk: crashed })
    await goneWithoutTrace(again, rooms)
    await assertSound(again.server.reader)
    await again.close()
    assert.deepEqual(again.errors, [])
  }
})

test('a server that stops while it purges goes on with the next start, and nothing failed', async () => {
  const disk = new MemoryDisk()
  let closing: Promise<void> | undefined
  let steps = 0
  const stop = () => {
    if (++steps === 3) closing = server.close()
  }
  const server: ServerInMemory = await ServerInMemory.open({
    storage: inSmallSteps(await openMemoryStorage({ disk }), stop),
  })
  const rooms = await twoRooms(server)
  await assert.rejects(server.server.api.adminPurgeRoom({ roomId: rooms.going }), { errcode: 'M_STORAGE_UNAVAILABLE' })
  await closing
  assert.deepEqual(server.errors, [])
  const again = await ServerInMemory.open({ disk })
  assert.equal((await again.server.reader.purgingRooms(0, 10)).length, 1)
  await goneWithoutTrace(again, rooms)
  await again.close()
  assert.deepEqual(again.errors, [])
})

test('while a room is purged nothing of it is taken, nor is it opened anew; afterwards it may be', async () => {
  const disk = new MemoryDisk()
  let tried = 0
  let started = false
  const server: ServerInMemory = await ServerInMemory.open({
    storage: inSmallSteps(await openMemoryStorage({ disk }), () => {
      // The first step is made in the room's own turn, which all else waits for.
      if (started) return triedInBetween()
      started = true
      return undefined
    }),
  })
  const { api } = server.server
  const rooms = await twoRooms(server)
  const { going: roomId } = rooms
  const events = await server.events(roomId)
  const state = await server.state(roomId)
  const parts = { roomId, type: 'm.room.message', sender: eve, content: { body: 'late' } }
  const late = farEvent('11', { ...parts, prevEvents: [events.at(-1)?.event as RoomEvent], state })
  const create = { pdu: JSON.stringify(events[0]?.event.json), event: events[0]?.event as RoomEvent }
  const input = (kind: 'new' | 'outlier', { pdu }: { readonly pdu: string }) =>
    api.inputRoomEvents({ items: [{ kind, roomId, roomVersion: '11', pdu, origin: far }] })
  const triedInBetween = async () => {
    tried++
    const results = [await input('new', late), await input('outlier', create), await input('new', create)]
    assert.deepEqual(
      results.map(({ results: [result] }) => result?.kind),
      ['dropped', 'dropped', 'dropped'],
    )
    await assert.rejects(api.performJoin({ roomIdOrAlias: roomId, userId: ann }), { errcode: 'M_FORBIDDEN' })
    const event = { type: 'm.room.message', sender: ann, content: {} }
    await assert.rejects(api.performSend({ roomId, event }), { errcode: 'M_FORBIDDEN' })
  }
  await api.adminEvacuateRoom({ roomId })
  const purge = () => api.adminPurgeRoom({ roomId, evacuate: false })
  await Promise.all([purge(), purge()])
  assert.ok(tried > 3, `${tried} times something was tried in between`)
  await goneWithoutTrace(server, rooms)
  await assert.rejects(api.adminPurgeRoom({ roomId }), { errcode: 'M_NOT_FOUND' })
  assert.equal((await input('new', create)).results[0]?.kind, 'accepted')
  assert.equal((await server.events(roomId)).length, 1)
  await assertSound(server.server.reader)
  await server.close()
  assert.deepEqual(server.errors, [])
})

test('on SQLite a purge that the disk ends at any point is ended by the next start, and no row is left', async () => {
  const place = await sqlitePlace()
  try {
    const points = await purgeWithFault(place, undefined)
    assert.ok(points > 20, `${points} points`)
    for (let nth = 0; nth < pointsTried; nth++) {
      const point = 1 + Math.floor((nth * (points - 1)) / (pointsTried - 1))
      const again = await sqlitePlace()
      try {
        await purgeWithFault(again, point)
      } finally {
        await again.remove()
      }
    }
  } finally {
    await place.remove()
  }
})

/** @param point where the disk fails; undefined: nowhere. @returns how many points the purge passes */
async function purgeWithFault(place: SqlitePlace, point: number | undefined): Promise<number> {
  const sqlite = await place.open({ faults: {} })
  const server = await ServerInMemory.open({ storage: inSmallSteps(sqlite, () => undefined) })
  const rooms = await twoRooms(server)
  const roomId = rooms.going
  // Leaving is no part of what is looked at here.
  await server.server.api.adminEvacuateRoom({ roomId })
  sqlite.inject(point === undefined ? { record: true } : { at: { [point]: 'io-error' } })
  const purged = await server.server.api.adminPurgeRoom({ roomId, evacuate: false }).then(
    () => true,
    () => false,
  )
  const points = point === undefined ? (await sqlite.report()).faultPoints.length : 0
  await Promise.allSettled([server.close()])
  const next = await ServerInMemory.open({ storage: await place.open() })
  // Where the disk failed before the first step was done, nothing is decided yet.
  if (!purged && (await next.server.reader.room(roomId)) !== undefined) await next.server.api.adminPurgeRoom({ roomId })
  await goneWithoutTrace(next, rooms)
  await next.close()
  const reading = await openSqliteForReading(place.path)
  await assertSound(reading.reader, reading.inventory)
  reading.close()
  return points
}
