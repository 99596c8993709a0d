/** What the sender writes down about servers that are down, and what they get when they are back. The room server's answers are made up. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { ServerName } from '@neurite/protocol'
import { RemoteServerError } from '@neurite/roomserver'
import type { OutputEventInfo } from '@neurite/roomserver/api'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { Database } from '../../storage/database.ts'
import { FederationSenderTables, type PendingRoom } from '../../storage/federation-sender.ts'
import { migrations } from '../../storage/migrations/index.ts'
import { until } from '../testing/index.ts'
import { FederationSender, type FederationSenderParts } from './federation-sender.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurite-sender-'))
after(() => rmSync(folder, { recursive: true }))

const here = 'here.example' as ServerName
const roomId = '!room:here.example'

type Noted = PendingRoom & { readonly server: ServerName }

/** Says which rooms were noted by themselves. */
class CountingTables extends FederationSenderTables {
  readonly #written: Noted[]

  constructor(database: Database, written: Noted[]) {
    super(database)
    this.#written = written
  }

  override saveRooms(rooms: readonly Noted[]): Promise<void> {
    this.#written.push(...rooms)
    return super.saveRooms(rooms)
  }
}

/** A room whose events are called 1, 2, …, and servers that take what they are sent, or do not. */
class Stage {
  readonly database: Database
  readonly joined = new Set<string>(['a.example', 'b.example'])
  readonly down = new Set<string>()
  /** Resolves what was sent meanwhile. */
  held: Promise<void> | undefined
  readonly tried: string[] = []
  readonly taken: string[] = []
  readonly written: Noted[] = []
  readonly #pdus: string[] = []
  #woken = Promise.withResolvers<void>()

  private constructor(database: Database) {
    this.database = database
  }

  static async open(name: string): Promise<Stage> {
    return new Stage(await Database.open(join(folder, name), migrations))
  }

  say(content: object = {}, more: object = {}): void {
    const depth = this.#pdus.length + 1
    this.#pdus.push(JSON.stringify({ depth, type: 'm.room.message', sender: `@ann:${here}`, content, ...more }))
    this.#woken.resolve()
  }

  sender(): FederationSender {
    const tables = new CountingTables(this.database, this.written)
    const sender = new FederationSender({
      ...{ serverName: here, api: this.#api(), client: this.#client(), tables, runtime: nodeRuntime },
      onError: error => {
        throw error
      },
    })
    sender.start()
    return sender
  }

  #client(): FederationSenderParts['client'] {
    const send = async (server: ServerName, { pdus }: { readonly pdus: readonly string[] }) => {
      const ids = pdus.map(pdu => `${this.#pdus.indexOf(pdu) + 1}`).join(' ')
      this.tried.push(`${server}: ${ids}`)
      await this.held
      if (this.down.has(server)) throw new RemoteServerError(server, 'unreachable', 'it is down')
      this.taken.push(`${server}: ${ids}`)
      return new Map()
    }
    return { transactions: { send } }
  }

  #api(): FederationSenderParts['api'] {
    const all = () => this.#pdus
    const told = (at: number): OutputEventInfo => ({
      ...{ position: `${at + 1}`, roomId },
      output: { kind: 'new', eventId: `${at + 1}`, sendAsServer: here, state: { added: [], removed: [] } } as never,
    })
    return {
      readOutput: async ({ after: position }: { after: string }, { signal }: { signal?: AbortSignal } = {}) => {
        this.#woken = Promise.withResolvers()
        signal?.addEventListener('abort', () => this.#woken.resolve())
        if (all().length <= Number(position) && signal?.aborted !== true) await this.#woken.promise
        const events = all().flatMap((_, at) => (at >= Number(position) ? [told(at)] : []))
        return { events, position: events.at(-1)?.position ?? position }
      },
      queryEventsById: async ({ eventIds }: { eventIds: string[] }) => ({
        events: eventIds.map(eventId => ({ eventId, pdu: all()[Number(eventId) - 1] })),
      }),
      queryJoinedHosts: async () => ({ servers: [...this.joined].map(server => ({ server, members: 1 })) }),
      queryLatestEventsAndState: async () => ({ forwardExtremities: [`${all().length}`] }),
      queryServerJoinedToRoom: async ({ server }: { server: string }) => ({
        roomExists: true,
        joined: this.joined.has(server),
      }),
    } as unknown as FederationSenderParts['api']
  }
}

test('what is said while a server is down costs one note for each room, and no try before its time', async () => {
  const stage = await Stage.open('down.db')
  stage.down.add('b.example')
  const sender = stage.sender()
  stage.say()
  await until('the first message failed', async () => sender.waiting === 1 && stage.taken.length === 1)
  for (let message = 2; message <= 20; message++) stage.say()
  await until('a has all', async () => stage.taken.at(-1)?.endsWith('20') === true)
  assert.deepEqual(
    stage.tried.filter(tried => tried.startsWith('b')),
    ['b.example: 1'],
  )
  assert.deepEqual(stage.written, [])
  await sender.stop()
  const tables = new FederationSenderTables(stage.database)
  assert.equal(tables.rooms('b.example' as ServerName).length, 1)
  assert.equal(tables.position(), '20')

  stage.down.clear()
  const again = stage.sender()
  await until('b has the newest', async () => stage.taken.includes('b.example: 20'))
  await until('nothing waits', async () => again.waiting === 0)
  await again.stop()
  assert.deepEqual(tables.rooms('b.example' as ServerName), [])
  await stage.database.close()
})

test('what is said while a server catches up is sent to it afterwards', async () => {
  const stage = await Stage.open('catch-up.db')
  stage.down.add('b.example')
  const sender = stage.sender()
  stage.say()
  await until('the first message failed', async () => sender.waiting === 1)
  await sender.stop()

  stage.down.clear()
  const held = Promise.withResolvers<void>()
  stage.held = held.promise
  const again = stage.sender()
  await until('it is sent what it lacks', async () => stage.tried.includes('b.example: 1') && stage.tried.length > 2)
  stage.say()
  await until('that was read', async () => stage.tried.includes('a.example: 2'))
  held.resolve()
  await until('b has it', async () => stage.taken.includes('b.example: 2'))
  await until('nothing waits', async () => again.waiting === 0)
  await again.stop()
  assert.deepEqual(new FederationSenderTables(stage.database).rooms('b.example' as ServerName), [])
  await stage.database.close()
})

test('a server that is put out while it is down gets that event when it is back, also after a restart', async () => {
  const stage = await Stage.open('put-out.db')
  stage.down.add('b.example')
  const sender = stage.sender()
  stage.say()
  await until('the first message failed', async () => sender.waiting === 1)
  stage.joined.delete('b.example')
  stage.say({ membership: 'leave' }, { type: 'm.room.member', state_key: '@bob:b.example' })
  stage.say()
  await until(
    'a has all',
    async () => stage.taken.at(-1)?.startsWith('a.example') === true && stage.written.length === 1,
  )
  await until('a has the last', async () => stage.taken.at(-1)?.endsWith('3') === true)
  await sender.stop()
  stage.down.clear()
  const again = stage.sender()
  await until('b knows', async () => stage.taken.includes('b.example: 2'))
  await again.stop()
  await stage.database.close()
})
