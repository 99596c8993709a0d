/**
 * What an event costs from its text to the disk, against the floor: signatures verified, full durability, in batches of 50.
 */
import { rulesOf } from '@neurite/protocol'
import { type Benchmark, type Figure, timeFigure } from '../figure.ts'
import { ratioOf, type Times } from '../measure.ts'
import { type AsyncSubject, measureAsync } from '../measure-async.ts'
import { Floor, type FloorEvent, floorEvent } from './floor.ts'
import { ScriptedRoom } from './scripted-room.ts'
import { type Arriving, arriving, giveAll, openServer } from './server.ts'

/** Those that peers were measured with. */
const rules = rulesOf('10')
/**
 * Events before those that count: until then V8 compiles what an event passes, on threads whose time counts as well. Of forks, which pass
 * the most code, it compiles for a fifth of the time at 10,000 events, and for little at 20,000.
 */
const warmUpEvents = 20_000
const mustBeTimesFloor = 4
const aimTimesFloor = 2
const branches = 8
/** Two events a branch, and the message that merges them. */
const eventsOfFork = 2 * branches + 1
const manyRooms = 100

/** The events of a round that is measured, and what must be there before they come. */
interface Round {
  readonly before: readonly Arriving[]
  readonly events: readonly Arriving[]
}

/** Events of one kind. They are made round by round and forgotten then: what is on the heap should be the server's. */
interface Workload {
  readonly name: string
  /** Of a round. */
  readonly operations: number
  /** What is there before all rounds. */
  readonly before: readonly Arriving[]
  next(): Round
}

export const ingestBenchmark: Benchmark = {
  name: 'ingest',
  measures:
    'CPU of an event from its text to the disk, against the floor (signatures verified, batches of 50, each synced)',
  async run() {
    const figures: Figure[] = []
    for (const make of workloads) figures.push(...(await figuresOf(make())))
    return figures
  },
}

const workloads: readonly (() => Workload)[] = [
  () => messages('1,000 messages, 1 room', 1, 1_000, 20),
  () => joins('1,000 joins, 1 room', 1, 1_000),
  () => forks('30 forks of 8 branches, 1 room of 1,000 members', 1, 30, 1_000),
  () => messages('1,000 messages, 100 rooms', manyRooms, 10, 20),
  () => joins('1,000 joins, 100 rooms', manyRooms, 10),
  () => forks('100 forks of 8 branches, 100 rooms of 100 members', manyRooms, 1, 100),
]

async function figuresOf({ name, operations, before, next }: Workload): Promise<Figure[]> {
  const { server } = await openServer()
  const floor = new Floor()
  await giveAll(server, before)
  let events: readonly Arriving[] = []
  let floorEvents: readonly FloorEvent[] = []
  const prepare = async () => {
    const round = next()
    await giveAll(server, round.before)
    events = round.events
    floorEvents = events.map(({ pdu }): FloorEvent => floorEvent(pdu, rules))
  }
  const subjects: AsyncSubject[] = [
    { name: 'floor', operations, prepare, run: async () => floor.take(floorEvents) },
    { name, operations, run: () => giveAll(server, events) },
  ]
  const [floorTimes, times] = (await measureAsync(subjects, {
    warmUpRounds: Math.ceil(warmUpEvents / operations),
  })) as [Times, Times]
  await server.close()
  floor.close()
  return [
    timeFigure(`${name}: floor`, 'µs', floorTimes),
    timeFigure(name, 'µs', times),
    {
      name: `${name} / floor`,
      unit: '×',
      value: ratioOf(times, floorTimes),
      ...{ must: mustBeTimesFloor, aim: aimTimesFloor },
    },
  ]
}

function messages(name: string, roomCount: number, each: number, members: number): Workload {
  const rooms = scriptedRooms(roomCount)
  return {
    name,
    operations: roomCount * each,
    before: rooms.flatMap(room => opened(room, members)),
    next: () => ({ before: [], events: sideBySide(rooms, each, room => [room.message()]) }),
  }
}

/** New rooms in every round: the room grows from 1 member on. */
function joins(name: string, roomCount: number, each: number): Workload {
  let round = 0
  return {
    name,
    operations: roomCount * each,
    before: [],
    next: () => {
      const rooms = scriptedRooms(roomCount, `-${round++}`)
      const before = rooms.flatMap(room => opened(room, 1))
      return { before, events: sideBySide(rooms, each, room => [room.join()]) }
    },
  }
}

function forks(name: string, roomCount: number, each: number, members: number): Workload {
  const rooms = scriptedRooms(roomCount)
  return {
    name,
    operations: roomCount * each * eventsOfFork,
    before: rooms.flatMap(room => opened(room, members)),
    next: () => ({ before: [], events: sideBySide(rooms, each, room => room.fork(branches)) }),
  }
}

function scriptedRooms(count: number, suffix = ''): ScriptedRoom[] {
  return Array.from({ length: count }, (_, index) => new ScriptedRoom(`room-${index}${suffix}`, rules))
}

function opened(room: ScriptedRoom, members: number): Arriving[] {
  const pdus = room.open()
  while (room.memberCount < members) pdus.push(room.join())
  return pdus.map(pdu => arriving(room, pdu))
}

/** Events of all rooms in turn. */
function sideBySide(
  rooms: readonly ScriptedRoom[],
  each: number,
  make: (room: ScriptedRoom) => readonly string[],
): Arriving[] {
  const lists = rooms.map(room =>
    Array.from({ length: each }, () => make(room)).flatMap(pdus => pdus.map(pdu => arriving(room, pdu))),
  )
  const longest = Math.max(...lists.map(list => list.length))
  return Array.from({ length: longest }, (_, at) => lists.flatMap(list => list[at] ?? [])).flat()
}
