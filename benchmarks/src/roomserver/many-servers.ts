/**
 * What a message costs in a room of 5,000 servers and 100,000 members, against one of 10: its way through the pipeline to the disk, and
 * handing it to the servers, those that take it and those that have been down for a while.
 */
import { join } from 'node:path'
import { FederationSender } from '@neurite/homeserver/federation/sender'
import { Database, FederationSenderTables, migrations } from '@neurite/homeserver/storage'
import type { ServerName } from '@neurite/protocol'
import { RemoteServerError } from '@neurite/roomserver'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { type Benchmark, type Figure, plainFigure, timeFigure } from '../figure.ts'
import { ratioOf, type Times } from '../measure.ts'
import { measureAsync } from '../measure-async.ts'
import { copyOf, serversDatabase } from './made-databases.ts'
import { ScriptedRoom } from './scripted-room.ts'
import { acceptingCrypto, arriving, type BenchServer, giveAll, openServer, temporaryFolder } from './server.ts'

const small = { members: 10, servers: 10 }
const large = { members: 100_000, servers: 5_000 }
/** A member of both rooms, whose server is the one that is measured. */
const ourMember = 9
const ownName = 'matrix9.example.org' as ServerName

const messagesInRound = 100
const ownMessagesInRound = 20
/** Messages that thousands of servers take. */
const sentInRound = 3
const warmUpRounds = 3
const hour = 3_600_000

/** Of one message of ours in the large room, until its output can be read. Milliseconds. */
const mustBeDoneWithin = 20
/** A message in the large room against one in the small. */
const mustBeTimesSmall = 2
/** What a message costs for a server that is down: an entry in memory, nothing on disk. Microseconds. */
const mustBePerServerDown = 1

export const manyServersBenchmark: Benchmark = {
  name: 'many-servers',
  measures:
    'CPU of a message in a room of 100,000 members on 5,000 servers, against one of 10; and of handing it to them',
  takesLong: true,
  async run() {
    const made = await serversDatabase('10-5000', [small, large])
    const rooms = made.rooms.map(saved => ScriptedRoom.load(saved)) as [ScriptedRoom, ScriptedRoom]
    const options = { crypto: acceptingCrypto, servers: large.servers, serverName: ownName }
    const bench = await openServer(copyOf(made), options)
    try {
      return [...(await incoming(bench, rooms)), ...(await ours(bench, rooms)), ...(await handedOut(bench, rooms))]
    } finally {
      await bench.server.close()
    }
  },
}

/** Messages of other servers, given in batches. */
async function incoming({ server }: BenchServer, rooms: readonly ScriptedRoom[]): Promise<Figure[]> {
  const subjects = rooms.map(room => ({
    name: room.roomId,
    operations: messagesInRound,
    run: () =>
      giveAll(
        server,
        Array.from({ length: messagesInRound }, () => arriving(room, room.message())),
      ),
  }))
  const [inSmall, inLarge] = (await measureAsync(subjects, { warmUpRounds })) as [Times, Times]
  return [
    timeFigure('a message of another server, 10 servers', 'µs', inSmall),
    timeFigure('a message of another server, 5,000 servers', 'µs', inLarge),
    against('a message of another server', inLarge, inSmall),
  ]
}

/** Messages of a user of this server, one after the other. */
async function ours({ server }: BenchServer, rooms: readonly ScriptedRoom[]): Promise<Figure[]> {
  const subjects = rooms.map(room => ({
    name: room.roomId,
    operations: ownMessagesInRound,
    run: async () => {
      for (let message = 0; message < ownMessagesInRound; message++) await say(server.api, room)
    },
  }))
  const [inSmall, inLarge] = (await measureAsync(subjects, { warmUpRounds })) as [Times, Times]
  return [
    timeFigure('a message of ours, 10 servers', 'ms', inSmall),
    timeFigure('a message of ours, 5,000 servers', 'ms', inLarge, { must: mustBeDoneWithin }),
    against('a message of ours', inLarge, inSmall),
  ]
}

function against(what: string, inLarge: Times, inSmall: Times): Figure {
  return { name: `${what}, 5,000 / 10 servers`, unit: '×', value: ratioOf(inLarge, inSmall), must: mustBeTimesSmall }
}

type Api = BenchServer['server']['api']

async function say(api: Api, room: ScriptedRoom): Promise<void> {
  const content = { msgtype: 'm.text', body: 'the quick brown fox' }
  const event = { type: 'm.room.message', sender: room.user(ourMember), content }
  await api.performSend({ roomId: room.roomId, event })
}

/** What it costs to hand a message to so many servers more, without the network: they take it at once, or are known to be down. */
async function handedOut({ server: { api } }: BenchServer, rooms: readonly ScriptedRoom[]): Promise<Figure[]> {
  const up = await Handing.open(api, rooms[1] as ScriptedRoom, 'up')
  const toAll = await up.costOfManyServers(rooms, sentInRound)
  await up.close()
  const down = await Handing.open(api, rooms[1] as ScriptedRoom, 'down')
  const toNone = await down.costOfManyServers(rooms, ownMessagesInRound)
  if (down.sent > 0) throw new Error(`${down.sent} transactions were sent to servers before their time`)
  await down.close()
  const each = (milliseconds: readonly number[]) =>
    milliseconds.map(all => (all * 1_000) / (large.servers - small.servers))
  return [
    plainFigure('handing a message to 5,000 servers, for each that takes it', 'µs', each(toAll)),
    plainFigure('  for each that is down', 'µs', each(toNone), { must: mustBePerServerDown }),
  ]
}

/** A federation sender on top of the room server, whose network is a function. */
class Handing {
  readonly #api: Api
  readonly #servers: 'up' | 'down'
  readonly #database: Database
  readonly #sender: FederationSender
  #outputs = 0
  #handedOut = 0
  #waiting: (() => void) | undefined
  /** Transactions. */
  sent = 0

  private constructor(api: Api, servers: 'up' | 'down', database: Database, tables: FederationSenderTables) {
    this.#api = api
    this.#servers = servers
    this.#database = database
    this.#sender = new FederationSender({
      ...{ serverName: ownName, tables, runtime: nodeRuntime },
      api: { ...api, readOutput: (request, options) => this.#readOutput(request, options) },
      client: { transactions: { send: server => this.#send(server) } },
      onError: error => {
        throw error
      },
    })
    this.#sender.start()
  }

  static async open(api: Api, room: ScriptedRoom, servers: 'up' | 'down'): Promise<Handing> {
    const database = await Database.open(join(temporaryFolder(), 'heads.db'), migrations)
    const tables = new FederationSenderTables(database)
    // What was said before is not sent.
    await tables.savePosition((await api.queryStats({})).outputPosition as string)
    if (servers === 'down') {
      const behind = { failures: 10, retryAt: nodeRuntime.clock.now() + hour }
      for (const server of room.servers) await tables.saveBehind(server as ServerName, behind, [])
    }
    return new Handing(api, servers, database, tables)
  }

  /** @returns by round: how much more CPU time a message takes in the large room than in the small. Milliseconds */
  async costOfManyServers(rooms: readonly ScriptedRoom[], messages: number): Promise<number[]> {
    const subjects = rooms.map(room => ({
      name: room.roomId,
      operations: messages,
      run: async () => {
        for (let message = 0; message < messages; message++) await this.#sayAndHandOut(room)
      },
    }))
    const [inSmall, inLarge] = (await measureAsync(subjects, { warmUpRounds })) as [Times, Times]
    return inLarge.cpu.map((cpu, round) => cpu - (inSmall.cpu[round] ?? 0))
  }

  async close(): Promise<void> {
    await this.#sender.stop()
    await this.#database.close()
  }

  /** Resolves when the message was handed to all servers, and those that are up have taken it. */
  async #sayAndHandOut(room: ScriptedRoom): Promise<void> {
    const handedOut = this.#handedOut + 1
    await say(this.#api, room)
    while (this.#handedOut < handedOut || (this.#servers === 'up' && this.#sender.waiting > 0))
      await new Promise<void>(resolve => {
        this.#waiting = resolve
      })
  }

  /** Whoever reads on has handed out what he was given. */
  async #readOutput(...[request, options]: Parameters<Api['readOutput']>): ReturnType<Api['readOutput']> {
    this.#handedOut = this.#outputs
    this.#waiting?.()
    const page = await this.#api.readOutput(request, options)
    this.#outputs += page.events.length
    return page
  }

  async #send(server: ServerName): Promise<ReadonlyMap<string, string>> {
    this.sent++
    if (this.#servers === 'down') throw new RemoteServerError(server, 'unreachable', 'it is down')
    setImmediate(() => this.#waiting?.())
    return new Map()
  }
}
