/**
 * The example by which room servers explain their state tables, out of a real database: six events, and what stands in the tables of
 * events, snapshots and blocks after them.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { nodeCrypto, type RoomEvent, rulesOf, type ServerName } from '@neurite/protocol'
import { EventMaker, type EventParts, InMemoryKeyRing, type MadeEvent, signerOf } from '../src/input/testing/index.ts'
import { RoomServer } from '../src/roomserver.ts'
import { nodeRuntime } from '../src/runtime/index.ts'
import { openSqliteStorage } from '../src/storage/index.ts'
import { localOf, type StateSnapshotNid } from '../src/types/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurite-classic-'))
after(() => rmSync(folder, { recursive: true }))

const foo = '@user:foo'
const bar = '@user:bar'
const roomId = '!room:foo'
const signer = signerOf('foo', nodeCrypto)

/** Create, foo joins, bar is invited, a message, foo changes name, a message: each on top of the one before. */
function sixEvents(): MadeEvent[] {
  const maker = new EventMaker(rulesOf('11'), nodeCrypto, [signer])
  const made: MadeEvent[] = []
  const send = (type: string, authEvents: readonly RoomEvent[], parts: Pick<EventParts, 'stateKey' | 'content'>) => {
    const prevEvents = made.slice(-1).map(({ event }) => event)
    made.push(
      maker.make({ roomId, type, sender: foo, ...parts, prevEvents, authEvents, timestamp: 1000 + made.length }),
    )
    return (made.at(-1) as MadeEvent).event
  }
  const create = send('m.room.create', [], { stateKey: '', content: { room_version: '11' } })
  const joined = send('m.room.member', [create], { stateKey: foo, content: { membership: 'join' } })
  send('m.room.member', [create, joined], { stateKey: bar, content: { membership: 'invite' } })
  send('m.room.message', [create, joined], { content: { body: 'one' } })
  const renamed = send('m.room.member', [create, joined], {
    stateKey: foo,
    content: { membership: 'join', displayname: 'Foo' },
  })
  send('m.room.message', [create, renamed], { content: { body: 'two' } })
  return made
}

test('the classic example stores one block for each state event and nothing for a message', async t => {
  const storage = await openSqliteStorage(join(folder, 'classic.db'))
  const keyRing = new InMemoryKeyRing()
  keyRing.add(signer.server, signer.keyId, nodeCrypto.publicKeyOf(signer.seed))
  const nobody = new Proxy({} as never, {})
  const server = await RoomServer.open({
    serverName: 'classic' as ServerName,
    storage,
    remoteServers: nobody,
    keyRing,
    runtime: nodeRuntime,
    crypto: nodeCrypto,
  })
  const items = sixEvents().map(({ pdu }) => ({ kind: 'new', roomId, roomVersion: '11', pdu, origin: 'foo' }) as const)
  const results = await server.receive(items)
  assert.deepEqual(new Set(results.map(result => result.kind)), new Set(['accepted']))

  const { reader, states } = server
  const room = await reader.room(roomId)
  assert.ok(room !== undefined)
  const events = await reader.eventsOfRoom(room.room, 0, 10)
  const types = await reader.eventTypes(events.map(row => row.type))
  const keys = await reader.stateKeys(events.flatMap(row => (row.stateKey === 0 ? [] : [row.stateKey])))
  const eventTable: unknown[] = []
  for (const row of events) {
    const before = [...(await states.view(row.snapshotBefore)).entries()].map(entry => localOf(entry.event)).sort()
    const stateKey = row.stateKey === 0 ? '–' : keys.get(row.stateKey)
    eventTable.push([localOf(row.event), types.get(row.type), stateKey, before, localOf(row.snapshotBefore)])
  }
  const snapshotTable: unknown[] = [[0, []]]
  for (const snapshot of new Set(events.map(row => row.snapshotAfter)))
    snapshotTable.push([localOf(snapshot), (await states.view(snapshot as StateSnapshotNid)).blocks.map(localOf)])
  const blocks = (await states.view(room.currentSnapshot)).blocks
  const blockTable: unknown[] = []
  for (const { block, data } of await reader.blocks(blocks)) blockTable.push([localOf(block), data.length])

  t.diagnostic(`events (NID, type, state key, state before, snapshot): ${JSON.stringify(eventTable)}`)
  t.diagnostic(`snapshots (NID, blocks): ${JSON.stringify(snapshotTable)}`)
  t.diagnostic(`blocks (NID, bytes): ${JSON.stringify(blockTable)}`)
  assert.deepEqual(eventTable, [
    [1, 'm.room.create', '', [], 0],
    [2, 'm.room.member', foo, [1], 1],
    [3, 'm.room.member', bar, [1, 2], 2],
    [4, 'm.room.message', '–', [1, 2, 3], 3],
    [5, 'm.room.member', foo, [1, 2, 3], 3],
    [6, 'm.room.message', '–', [1, 3, 5], 4],
  ])
  assert.deepEqual(snapshotTable, [
    [0, []],
    [1, [1]],
    [2, [1, 2]],
    [3, [1, 2, 3]],
    [4, [1, 2, 3, 4]],
  ])
  assert.deepEqual(
    blockTable.map(row => (row as [number, number])[0]),
    [1, 2, 3, 4],
  )
  await server.close()
})
