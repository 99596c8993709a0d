/**
 * A room whose events all have to wait: past the bound of its queue they are noted, and had again once their server answers.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerName } from '@neurite/protocol'
import type { InputItemInfo } from '../src/api/index.ts'
import { RemoteServerError } from '../src/index.ts'
import { inlineCrypto, member, message, RoomTeller, stateEvent, type Told } from '../src/input/testing/index.ts'
import { hastenedRuntime, nodeRuntime } from '../src/runtime/index.ts'
import { MemoryDisk } from '../src/storage/index.ts'
import { SmallServer } from './small-server.ts'

const ann = '@ann:a'
const roomId = '!room:a'
const maxRowsOfRoom = 4
/** In how many branches the server sends, and how many events are in each. */
const branches = 10
const length = 3

/** A server with a room, whose gaps nobody closes until `isUp`, and what comes of it. */
function floodedRoom() {
  const teller = new RoomTeller({ roomVersion: '11', roomId, servers: ['a'], crypto: inlineCrypto })
  const create = teller.tell(stateEvent('m.room.create', ann, { room_version: '11' }))
  const annIn = teller.tell(member(ann, 'join'), create)
  const told = Array.from({ length: branches }, (_, branch) => {
    const line: Told[] = []
    for (let at = 0; at < length; at++) line.push(teller.tell(message(ann, `${branch}/${at}`), line.at(-1) ?? annIn))
    return line
  })
  const pdus = new Map(told.flat().map(({ event, pdu }) => [event.eventId as string, pdu]))
  const place = { isUp: false }
  const answer = <T>(value: T): T => {
    if (!place.isUp) throw new RemoteServerError('a' as ServerName, 'unreachable', 'it is down')
    return value
  }
  const open = (disk: MemoryDisk, runtime = nodeRuntime) =>
    SmallServer.open(teller, disk, {
      runtime,
      queueBound: { maxRowsOfRoom },
      remoteServers: {
        event: async (_, eventId) => answer(pdus.get(eventId)),
        missingEvents: async (_, __, { latest }) =>
          answer(
            told
              .filter(line => latest.includes(line.at(-1)?.event.eventId as never))
              .flat()
              .slice(0, -1)
              .map(({ pdu }) => pdu),
          ),
        eventAuth: async () => answer([]),
        stateIds: async () => answer(undefined),
        state: async () => answer(undefined),
      },
    })
  const latest = told.map(line => line.at(-1) as Told)
  return { teller, open, place, create, annIn, told, latest }
}

function item({ pdu }: Told): InputItemInfo {
  return { kind: 'new', roomId, roomVersion: '11', origin: 'a', pdu }
}

for (const how of ['decided while the server waits', 'taken without waiting'] as const)
  test(`events ${how} past the bound of the room’s queue are noted, survive a start, and are all here in the end`, async () => {
    const { open, place, create, annIn, told, latest } = floodedRoom()
    const disk = new MemoryDisk()
    const before = await open(disk)
    await before.take(create, annIn)
    const options = how === 'taken without waiting' ? { async: true } : { keep: true }
    for (const one of latest) await before.server.api.inputRoomEvents({ items: [item(one)], ...options })

    const rows = await before.server.reader.queue(roomId, 0, 100)
    const items = rows.map(row => JSON.parse(row.item) as { kind: string; eventIds?: string[] })
    const notes = items.filter(({ kind }) => kind === 'missing')
    assert.equal(items.length - notes.length, maxRowsOfRoom, 'the queue holds what it may')
    assert.equal(notes.length, 1, 'one note for the origin')
    assert.deepEqual(
      notes[0]?.eventIds,
      latest.slice(maxRowsOfRoom).map(({ event }) => event.eventId),
    )
    await before.assertSound()
    await before.server.close()

    place.isUp = true
    const after = await open(disk, hastenedRuntime(nodeRuntime, 200))
    for (let tries = 0; tries < 2_000; tries++) {
      if ((await after.server.reader.queueLength(roomId, 1)) === 0) break
      await nodeRuntime.timers.sleep(5)
    }
    assert.equal(await after.server.reader.queueLength(roomId, 1), 0, 'nothing waits any more')
    for (const one of told.flat()) assert.equal((await after.row(one)).status, 'accepted')
    await after.assertSound()
    await after.server.close()
  })

test('what came with a state, and what is to be sent on, is never given up for a note', async () => {
  const { open, create, annIn, latest } = floodedRoom()
  const server = await open(new MemoryDisk())
  await server.take(create, annIn)
  const ofOurs = latest.map(one => ({ ...item(one), sendAsServer: 'small.invalid' }))
  await server.server.api.inputRoomEvents({ items: ofOurs, keep: true })
  const rows = await server.server.reader.queue(roomId, 0, 100)
  assert.deepEqual(
    rows.map(row => (JSON.parse(row.item) as { pdu: string }).pdu),
    ofOurs.map(({ pdu }) => pdu),
  )
  await server.server.close()
})

test('an event that is here as an outlier only is still had and taken where a note of it is followed', async () => {
  const { teller, open, place, create, annIn, told, latest } = floodedRoom()
  const disk = new MemoryDisk()
  const before = await open(disk)
  await before.take(create, annIn)
  for (const one of latest) await before.server.api.inputRoomEvents({ items: [item(one)], keep: true })
  const noted = latest.at(-1) as Told
  await before.take({ ...teller.item(noted), kind: 'outlier' })
  assert.equal((await before.row(noted)).outlier, true)
  await before.server.close()

  place.isUp = true
  const after = await open(disk, hastenedRuntime(nodeRuntime, 200))
  for (let tries = 0; tries < 2_000; tries++) {
    if ((await after.server.reader.queueLength(roomId, 1)) === 0) break
    await nodeRuntime.timers.sleep(5)
  }
  for (const one of told.flat()) {
    const { status, outlier } = await after.row(one)
    assert.deepEqual({ status, outlier }, { status: 'accepted', outlier: false })
  }
  await after.server.close()
})
