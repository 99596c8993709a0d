/**
 * What queries cost in a large room: 100,000 members, 1,000,000 events. In process with warm and with empty caches, and what a call
 * over HTTP costs on top.
 */
import { rulesOf } from '@neurite/protocol'
import type { RoomServerApi } from '@neurite/roomserver/api'
import { httpRoomServer, roomServerRoutes } from '@neurite/roomserver/inthttp'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import Fastify from 'fastify'
import { type Benchmark, type Figure, timeFigure } from '../figure.ts'
import { spreadOf, type Times } from '../measure.ts'
import { measureAsync } from '../measure-async.ts'
import { copyOf, linearDatabase } from './made-databases.ts'
import { ScriptedRoom } from './scripted-room.ts'
import { acceptingCrypto, arriving, type BenchServer, giveAll, openServer } from './server.ts'

const events = 1_000_000
const chainLength = 1_000
/** Events all over the room's life, at which states and memberships are asked for. */
const places = 20
const warmUpRounds = 3

/** One query of the contract, asked differently each time. */
interface Query {
  readonly name: string
  readonly unit: 'µs' | 'ms'
  /** CPU time, in the unit. */
  readonly must: number
  /** Calls in a round. */
  readonly calls: number
  readonly ask: (api: RoomServerApi, call: number) => Promise<unknown>
}

export const queryBenchmark: Benchmark = {
  name: 'query',
  measures: 'CPU of a query on a room of 100,000 members and 1,000,000 events; warm, with empty caches, and over HTTP',
  takesLong: true,
  async run() {
    const made = await linearDatabase(events)
    const path = copyOf(made)
    const room = ScriptedRoom.load(made.rooms[0]!)
    const large = await figuresOf(path, await largeRoomQueries(path, room))
    const chain = await roomWithLongAuthChain()
    return [...large, ...(await figuresOf(chain.path, [chain.query])), ...(await httpFigures(path, room))]
  },
}

/** Each query with warm caches, then the first one of a server that was just opened. */
async function figuresOf(path: string, queries: readonly Query[]): Promise<Figure[]> {
  const warm = await openServer(path, { crypto: acceptingCrypto })
  const warmTimes = await measureAsync(
    queries.map(({ name, calls, ask }) => ({
      name,
      operations: calls,
      run: async () => {
        for (let call = 0; call < calls; call++) await ask(warm.server.api, call)
      },
    })),
    { warmUpRounds },
  )
  await warm.server.close()
  let cold: BenchServer | undefined
  const coldTimes = await measureAsync(
    queries.map(({ name, ask }) => ({
      name,
      operations: 1,
      prepare: async () => {
        await cold?.server.close()
        cold = await openServer(path, { crypto: acceptingCrypto })
      },
      run: () => ask((cold as BenchServer).server.api, 0),
    })),
  )
  await cold?.server.close()
  return queries.flatMap(({ name, unit, must }, at) => [
    timeFigure(name, unit, warmTimes[at] as Times, { must }),
    timeFigure('  the first after a start', unit, coldTimes[at] as Times),
  ])
}

async function largeRoomQueries(path: string, room: ScriptedRoom): Promise<Query[]> {
  const { roomId } = room
  const eventIds = await eventsAllOver(path, roomId)
  const eventId = (call: number) => eventIds[call % places] as string
  const user = (call: number) => room.user((call * 4_999) % room.memberCount)
  const tuple = (call: number): [string, string] => ['m.room.member', user(call)]
  return [
    {
      ...{ name: 'an entry of the current state', unit: 'µs', must: 50, calls: 2_000 },
      ask: (api, call) => api.queryCurrentState({ roomId, state: [tuple(call % 500)] }),
    },
    {
      ...{ name: 'a membership at an event', unit: 'µs', must: 200, calls: 1_000 },
      ask: (api, call) => api.queryMembership({ roomId, userId: user(call % 500), at: eventId(call) }),
    },
    {
      ...{ name: 'the servers in the room', unit: 'ms', must: 1, calls: 500 },
      ask: api => api.queryJoinedHosts({ roomId }),
    },
    {
      ...{ name: 'the whole state at an event, 100,000 entries', unit: 'ms', must: 150, calls: 1 },
      ask: api => api.queryStateAtEvent({ roomId, eventId: eventId(places - 1), when: 'before' }),
    },
  ]
}

async function eventsAllOver(path: string, roomId: string): Promise<string[]> {
  const { server } = await openServer(path, { crypto: acceptingCrypto })
  const row = await server.reader.room(roomId)
  const [first] = row === undefined ? [] : await server.reader.eventsOfRoom(row.room, 0, 1)
  if (row === undefined || first === undefined) throw new Error(`there is no room ${roomId} in ${path}`)
  const found: string[] = []
  for (let place = 1; place <= places; place++) {
    const after = (first.event + Math.floor((place / places) * events) - 10) as typeof first.event
    found.push(...(await server.reader.eventsOfRoom(row.room, after, 1)).map(({ eventId }) => eventId))
  }
  await server.close()
  return found
}

/** Power levels were changed so many times: each change is in the auth chain of the last event. */
async function roomWithLongAuthChain(): Promise<{ readonly path: string; readonly query: Query }> {
  const { server, path } = await openServer(undefined, { crypto: acceptingCrypto })
  const room = new ScriptedRoom('levels', rulesOf('10'), 'unsigned')
  const { roomId } = room
  const pdus = [...room.open(), ...Array.from({ length: chainLength }, () => room.powerLevels()), room.message()]
  await giveAll(
    server,
    pdus.map(pdu => arriving(room, pdu)),
  )
  const { forwardExtremities } = await server.api.queryLatestEventsAndState({ roomId, state: [] })
  await server.close()
  return {
    path,
    query: {
      ...{ name: `an auth chain of ${chainLength.toLocaleString('en')} events`, unit: 'ms', must: 3, calls: 50 },
      ask: async api => {
        const { eventIds } = await api.queryAuthChain({ roomId, eventIds: forwardExtremities, idsOnly: true })
        if ((eventIds?.length ?? 0) < chainLength) throw new Error(`the chain has ${eventIds?.length} events`)
      },
    },
  }
}

/** What the way over HTTP adds to a call: client and server are in this process, so both ends are in it. */
async function httpFigures(path: string, room: ScriptedRoom): Promise<Figure[]> {
  const { server } = await openServer(path, { crypto: acceptingCrypto })
  const secret = 'a secret of this benchmark'
  const fastify = Fastify()
  await roomServerRoutes(fastify, {
    ...{ api: server.api, secret, timers: nodeRuntime.timers },
    onError: (error: unknown) => {
      throw error
    },
  })
  const client = httpRoomServer({ url: await fastify.listen({ host: '127.0.0.1', port: 0 }), secret })
  const { roomId } = room
  const calls = 500
  const subjects = [server.api, client].map(api => ({
    name: 'an entry of the current state',
    operations: calls,
    run: async () => {
      for (let call = 0; call < calls; call++)
        await api.queryCurrentState({ roomId, state: [['m.room.member', room.user(call)]] })
    },
  }))
  const [inProcess, overHttp] = (await measureAsync(subjects, { warmUpRounds })) as [Times, Times]
  await client.close()
  await fastify.close()
  await server.close()
  const more = overHttp.cpu.map((cpu, round) => (cpu - (inProcess.cpu[round] ?? 0)) * 1000)
  return [
    timeFigure('an entry of the current state over HTTP', 'µs', overHttp),
    { name: '  of this, the way', unit: 'µs', value: spreadOf(more) },
  ]
}
