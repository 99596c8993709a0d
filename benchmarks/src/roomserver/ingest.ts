/**
 * What an event costs from its text to the disk, against the floor: signatures verified, full durability, in batches of 50.
 */
import { rulesOf } from '@neurite/protocol'
import { type Benchmark, type Figure, timeFigure } from '../figure.ts'
import { ratioOf, type Times } from '../measure.ts'
import { type AsyncSubject, asyncRounds, measureAsync } from '../measure-async.ts'
import { Floor, type FloorEvent, floorEvent } from './floor.ts'
import { ScriptedRoom } from './scripted-room.ts'
import { type Arriving, arriving, giveAll, openServer } from './server.ts'

/** Those that peers were measured with. */
const rules = rulesOf('10')
/** Events before those that count: until then V8 compiles what an event passes, on threads whose time counts as well. */
const warmUpEvents = 10_000
const mustBeTimesFloor = 4
const aimTimesFloor = 2
const branches = 8
/** Two events a branch, and the message that merges them. */
const eventsOfFork = 2 * branches + 1
const manyRooms = 100

/** Events of one kind: what must be there before, and what is measured, turn by turn. */
export interface Workload {
  readonly name: string
  readonly before: readonly Arriving[]
  readonly turns: readonly (readonly Arriving[])[]
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

export const workloads: readonly (() => Workload)[] = [
  () => messages('1,000 messages, 1 room', 1, 1_000, 20),
  () => joins('1,000 joins, 1 room', 1, 1_000),
  () => forks('30 forks of 8 branches, 1 room of 1,000 members', 1, 30, 1_000),
  () => messages('1,000 messages, 100 rooms', manyRooms, 10, 20),
  () => joins('1,000 joins, 100 rooms', manyRooms, 10),
  () => forks('100 forks of 8 branches, 100 rooms of 100 members', manyRooms, 1, 100),
]

async function figuresOf({ name, before, turns: given }: Workload): Promise<Figure[]> {
  const { server } = await openServer()
  const floor = new Floor()
  await giveAll(server, before)
  const floorEvents = given.map(events => events.map(({ pdu }): FloorEvent => floorEvent(pdu, rules)))
  let turn = 0
  const operations = given[0]?.length ?? 0
  const subjects: AsyncSubject[] = [
    { name: 'floor', operations, run: async () => floor.take(floorEvents[turn] ?? []) },
    { name, operations, run: () => giveAll(server, given[turn++] ?? []) },
  ]
  const [floorTimes, times] = (await measureAsync(subjects, { warmUpRounds: given.length - asyncRounds })) as [
    Times,
    Times,
  ]
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
    before: rooms.flatMap(room => opened(room, members)),
    turns: inTurns(rooms, room => room.message(), each),
  }
}

/** New rooms in every turn: the room grows from 1 member on. */
function joins(name: string, roomCount: number, each: number): Workload {
  const ofTurns = Array.from({ length: turnsOf(roomCount * each) }, (_, turn) => scriptedRooms(roomCount, `-${turn}`))
  return {
    name,
    before: ofTurns.flat().flatMap(room => opened(room, 1)),
    turns: ofTurns.map(rooms => sideBySide(rooms, each, room => [room.join()])),
  }
}

function forks(name: string, roomCount: number, each: number, members: number): Workload {
  const rooms = scriptedRooms(roomCount)
  return {
    name,
    before: rooms.flatMap(room => opened(room, members)),
    turns: Array.from({ length: turnsOf(roomCount * each * eventsOfFork) }, () =>
      sideBySide(rooms, each, room => room.fork(branches)),
    ),
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

function inTurns(rooms: readonly ScriptedRoom[], make: (room: ScriptedRoom) => string, each: number): Arriving[][] {
  return Array.from({ length: turnsOf(rooms.length * each) }, () => sideBySide(rooms, each, room => [make(room)]))
}

function turnsOf(events: number): number {
  return asyncRounds + Math.ceil(warmUpEvents / events)
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
