import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { EventInfo, OutputEventInfo, RoomServerApi } from '@neurite/roomserver/api'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { Database } from '../../storage/database.ts'
import { migrations } from '../../storage/migrations/index.ts'
import { tablesOf } from '../../storage/tables.ts'
import { RoomIndex } from './room-index.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurite-index-'))
after(() => rmSync(folder, { recursive: true }))
const roomId = '!room:far.example'
let made = 0

interface Scripted {
  readonly id: string
  readonly depth: number
  readonly prev: readonly string[]
  readonly status?: EventInfo['status']
}

/** A room server that tells what it is told to, a few outputs at a time. */
class ScriptedRoomServer {
  readonly #events = new Map<string, EventInfo>()
  readonly #outputs: OutputEventInfo[] = []
  readonly #page: number

  constructor(page: number) {
    this.#page = page
  }

  know({ id, depth, prev, status = 'accepted' }: Scripted): void {
    const json = { type: 'm.room.message', sender: '@a:far.example', content: {}, depth, prev_events: prev }
    const pdu = JSON.stringify(json)
    this.#events.set(id, { eventId: id, roomId, roomVersion: '11', pdu, status, outlier: false })
  }

  tell(kind: 'new' | 'old', event: Scripted): void {
    this.know(event)
    const common = { eventId: event.id, historyVisibility: 'shared' }
    const output: OutputEventInfo['output'] =
      kind === 'new'
        ? { kind, ...common, forwardExtremities: [event.id], state: { added: [], removed: [] } }
        : { kind, ...common }
    this.#outputs.push({ position: `${this.#outputs.length + 1}`, roomId, output })
  }

  get api(): RoomServerApi {
    const api: Partial<RoomServerApi> = {
      readOutput: ({ after: position }) => {
        const events = this.#outputs.slice(Number(position), Number(position) + this.#page)
        return Promise.resolve({ events, position: events.at(-1)?.position ?? position })
      },
      queryEventsById: ({ eventIds }) =>
        Promise.resolve({ events: eventIds.flatMap(id => this.#events.get(id) ?? []) }),
    }
    return api as RoomServerApi
  }
}

async function indexOf(server: ScriptedRoomServer) {
  const database = await Database.open(join(folder, `${made++}.db`), migrations)
  after(() => database.close())
  const tables = tablesOf(database)
  const onError = (error: unknown) => assert.fail(`${error}`)
  const index = new RoomIndex({ roomServer: server.api, database, tables, runtime: nodeRuntime, onError })
  const timeline = () =>
    tables.timeline
      .forwards(roomId, 0, Number.MAX_SAFE_INTEGER, 100)
      .map(({ eventId, isAfterGap }) => (isAfterGap ? `…${eventId}` : eventId))
  return { index, timeline }
}

for (const page of [1, 2, 100])
  test(`history that comes later fills the gaps that it belongs into, ${page} outputs at a time`, async () => {
    const server = new ScriptedRoomServer(page)
    const { index, timeline } = await indexOf(server)
    server.tell('new', { id: '$e10', depth: 10, prev: ['$e9'] })
    server.tell('new', { id: '$e11', depth: 11, prev: ['$e10'] })
    server.tell('new', { id: '$e20', depth: 20, prev: ['$e19'] })
    await index.catchUp()
    assert.deepEqual(timeline(), ['…$e10', '$e11', '…$e20'])
    for (const depth of [18, 19]) server.tell('old', { id: `$e${depth}`, depth, prev: [`$e${depth - 1}`] })
    server.tell('old', { id: '$e8', depth: 8, prev: [] })
    server.tell('old', { id: '$e9', depth: 9, prev: ['$e8'] })
    await index.catchUp()
    assert.deepEqual(timeline(), ['$e8', '$e9', '$e10', '$e11', '…$e18', '$e19', '$e20'])
    for (let depth = 12; depth < 18; depth++) server.tell('old', { id: `$e${depth}`, depth, prev: [`$e${depth - 1}`] })
    await index.catchUp()
    const all = Array.from({ length: 13 }, (_, at) => `$e${at + 8}`)
    assert.deepEqual(timeline(), all)
  })

test('an event that was not accepted leaves no gap, and branches of one depth stand side by side', async () => {
  const server = new ScriptedRoomServer(100)
  const { index, timeline } = await indexOf(server)
  server.know({ id: '$rejected', depth: 4, prev: [], status: 'rejected' })
  server.tell('new', { id: '$e5', depth: 5, prev: ['$rejected', '$e4'] })
  await index.catchUp()
  assert.deepEqual(timeline(), ['…$e5'])
  for (const branch of ['a', 'b', 'c']) server.tell('old', { id: `$e3${branch}`, depth: 3, prev: [] })
  server.tell('old', { id: '$e4', depth: 4, prev: ['$e3a', '$e3b', '$e3c'] })
  await index.catchUp()
  assert.deepEqual(timeline(), ['$e3a', '$e3b', '$e3c', '$e4', '$e5'])
})
