/**
 * How long the event loop is held up while events, forks and resolutions go through the server, with the disk that there is and
 * with one whose sync takes 20 ms.
 */
import { rulesOf } from '@neurite/protocol'
import { type Benchmark, type Figure, plainFigure } from '../figure.ts'
import { spreadOf } from '../measure.ts'
import { asyncRounds, timed } from '../measure-async.ts'
import { LoopDelays } from './loop-delays.ts'
import { copyOf, membersDatabase } from './made-databases.ts'
import { ScriptedRoom } from './scripted-room.ts'
import { type Arriving, arriving, type BenchServer, giveAll, openServer } from './server.ts'

const rules = rulesOf('10')
const syncDelay = 20
const smallRooms = 10
const members = 100

export const eventLoopBenchmark: Benchmark = {
  name: 'event-loop',
  measures:
    'delay of the event loop while messages, joins, forks and resolutions go on in 10 rooms and one of 100,000 members',
  takesLong: true,
  async run() {
    return [
      ...(await delays('this disk', {})),
      ...(await delays(`a disk whose sync takes ${syncDelay} ms`, { faults: { syncDelay } })),
    ]
  },
}

async function delays(name: string, options: Parameters<typeof openServer>[1]): Promise<Figure[]> {
  const made = await membersDatabase('one-of-100000', [100_000])
  const { server } = await openServer(copyOf(made), options)
  const large = ScriptedRoom.load(made.rooms[0]!, 'signed')
  const small = Array.from({ length: smallRooms }, (_, index) => new ScriptedRoom(`small-${index}`, rules))
  const open = small.map(room => {
    const pdus = room.open()
    while (room.memberCount < members) pdus.push(room.join())
    return pdus.map(pdu => arriving(room, pdu))
  })
  await Promise.all(open.map(events => giveAll(server, events)))
  const rounds: Awaited<ReturnType<typeof delayOf>>[] = []
  for (let round = -1; round < asyncRounds; round++) {
    const streams = [streamOf(large, 4), ...small.map(room => streamOf(room, 8))]
    const found = await delayOf(server, streams)
    if (round < 0) continue
    rounds.push(found)
  }
  await server.close()
  const all = (name: keyof (typeof rounds)[0]) => rounds.map(round => round[name])
  const wall = (name: 'p99Wall' | 'maxWall') => spreadOf(all(name)).median
  return [
    plainFigure(`${name}: 99 % are at most`, 'ms', all('p99'), { wall: wall('p99Wall'), must: 20, aim: 10 }),
    plainFigure(`${name}: longest`, 'ms', all('max'), { wall: wall('maxWall'), must: 100, aim: 50 }),
    plainFigure(`${name}: CPU of a round`, 'ms', all('cpu')),
  ]
}

/** Messages, joins and forks of a room. */
function streamOf(room: ScriptedRoom, branches: number): Arriving[] {
  const pdus: string[] = []
  for (let part = 0; part < 10; part++) {
    pdus.push(...room.fork(branches), room.join())
    for (let i = 0; i < 20; i++) pdus.push(room.message())
  }
  return pdus.map(pdu => arriving(room, pdu))
}

async function delayOf(server: BenchServer['server'], streams: readonly (readonly Arriving[])[]) {
  const delays = new LoopDelays()
  const { cpu } = await timed(() => Promise.all(streams.map(events => giveAll(server, events))))
  return { ...delays.stop(), cpu }
}
