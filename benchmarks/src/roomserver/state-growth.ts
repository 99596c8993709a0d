/**
 * What a change of state costs on disk, in rooms of growing size: state must grow with the change, not with the room. Design,
 * "State snapshots and blocks".
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type DecodedBlock, encodeBlock } from '@neurite/roomserver/state'
import type { EventNid, StateBlockNid } from '@neurite/roomserver/types'
import { type Benchmark, type Figure, plainFigure } from '../figure.ts'
import { collectGarbage } from '../measure.ts'
import { temporaryFolder } from './server.ts'
import { type Snapshot, StateRoom } from './state-room.ts'

const sizes = [1_000, 10_000, 100_000]
const lastChanges = 1_000
/** What a server does that keeps state as a list of changes and writes it whole now and then. */
const changesBetweenRewrites = 64
const bytesAnEntry = 8

export const stateGrowthBenchmark: Benchmark = {
  name: 'state-growth',
  measures: 'bytes on disk for each change of state, pages of its tables; the events table apart',
  async run() {
    return [...(await growth()), ...(await busyRoom()), ...(await forksFromOneEvent())]
  },
}

async function growth(): Promise<Figure[]> {
  const room = await StateRoom.open()
  const empty = await room.stateBytes()
  const figures: Figure[] = []
  const perChange: number[] = []
  let tip: Snapshot = 0
  let members = 0
  let beforeLast = 0
  const growTo = async (target: number) => {
    while (members < target) tip = await room.change(tip, members++)
  }
  for (const size of sizes) {
    if (size === sizes.at(-1)) {
      await growTo(size - lastChanges)
      beforeLast = await room.stateBytes()
    }
    await growTo(size)
    const each = ((await room.stateBytes()) - empty) / size
    perChange.push(each)
    figures.push(plainFigure(`joins up to ${size.toLocaleString('en')} members`, 'B', each, { must: 100, aim: 60 }))
  }
  figures.push(
    plainFigure('largest of these / smallest', '×', Math.max(...perChange) / Math.min(...perChange), { must: 1.5 }),
  )
  const last = (await room.stateBytes()) - beforeLast
  const whole = (await room.store.view(tip)).merged()
  const rewritten = rewrites(whole)
  const file = await room.close()
  const empties = await StateRoom.open()
  const emptyFile = await empties.close()
  const ofFile = (file - emptyFile) / members
  figures.push(
    plainFigure(`the whole file less an empty one, ${members.toLocaleString('en')} members`, 'B', ofFile),
    plainFigure(`last 1,000 changes`, 'B', last / lastChanges, { must: 100, aim: 60 }),
    plainFigure('rewriting all every 64 changes, 8 bytes an entry, against these', '×', rewritten.plain / last, {
      ...{ must: 60, aim: 100, moreIsBetter: true },
    }),
    plainFigure('the same by our own block coder', '×', rewritten.packed / last, {
      ...{ must: 15, aim: 25, moreIsBetter: true },
    }),
  )
  return figures
}

/** The bytes in a database of whole states, one for every 64 of the last changes: 8 bytes an entry, and packed. */
function rewrites(state: DecodedBlock): { plain: number; packed: number } {
  const database = new DatabaseSync(join(temporaryFolder(), 'rewrites.db'))
  database.exec('CREATE TABLE plain (block INTEGER PRIMARY KEY, data BLOB NOT NULL)')
  database.exec('CREATE TABLE packed (block INTEGER PRIMARY KEY, data BLOB NOT NULL)')
  const plain = database.prepare('INSERT INTO plain (data) VALUES (?)')
  const packed = database.prepare('INSERT INTO packed (data) VALUES (?)')
  const members = state.keys.length
  for (let at = members - lastChanges + changesBetweenRewrites; at <= members; at += changesBetweenRewrites) {
    plain.run(new Uint8Array(at * bytesAnEntry))
    packed.run(encodeBlock(at as StateBlockNid, { keys: state.keys.slice(0, at), events: state.events.slice(0, at) }))
  }
  const bytes = (name: string) =>
    Number(database.prepare('SELECT sum(pgsize) AS bytes FROM dbstat WHERE name = ?').get(name)?.['bytes'])
  const found = { plain: bytes('plain'), packed: bytes('packed') }
  database.close()
  return found
}

/** 30 % of the changes leave, ban or rename someone who is there; every 100 events two branches of 5 changes meet. */
async function busyRoom(): Promise<Figure[]> {
  const figures: Figure[] = []
  const room = await StateRoom.open()
  const empty = await room.stateBytes()
  let tip: Snapshot = 0
  let members = 0
  let changes = 0
  let turn = 0
  const nextMember = () => (turn++ % 10 < 7 ? members++ : scattered(turn, members))
  for (const size of sizes) {
    while (changes < size) {
      for (let i = 0; i < 90; i++, changes++) tip = await room.change(tip, nextMember())
      const branches = [tip, tip]
      const changed = new Map<number, EventNid>()
      for (let i = 0; i < 10; i++, changes++) {
        const branch = i % 2
        const member = nextMember()
        const event = room.nextEvent as EventNid
        branches[branch] = await room.change(branches[branch] ?? 0, member)
        if (branch === 1) changed.set(member, event)
        else changed.delete(member)
      }
      tip = await room.merge(branches, changed)
    }
    const each = ((await room.stateBytes()) - empty) / changes
    const name = `30 % leaves, bans and names, a fork merged every 100: ${changes.toLocaleString('en')} changes`
    figures.push(plainFigure(name, 'B', each, { must: 140, aim: 90 }))
  }
  await room.close()
  return figures
}

/** Somebody, by a generator with a fixed seed. */
function scattered(seed: number, below: number): number {
  return (Math.imul(seed, 0x9e3779b1) >>> 0) % Math.max(below, 1)
}

const members = 100_000
const forks = 1_000
/** Longer than the cycle of the merges that are made at once; those above are made beside the work, and once. */
const positions = 4_200
const trialForks = 4
/** Collecting garbage throws compiled code away: so many forks bring it back. */
const compiledAfter = 50

async function forksFromOneEvent(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const changesAFork of [1, 9]) {
    const room = await StateRoom.open()
    const line: Snapshot[] = [0]
    for (let i = 0; i < members; i++) line.push(await room.change(line.at(-1) as Snapshot, i))
    const fork = async (from: Snapshot) => {
      let at = from
      for (let i = 0; i < changesAFork; i++) at = await room.change(at, scattered(room.nextEvent, members))
    }
    // Which place is the worst: some forks from every position of the merge cycle, told apart by what they write.
    let worst = { at: members, bytes: 0 }
    for (let at = members - positions; at <= members; at++) {
      const before = room.rowBytes
      for (let i = 0; i < trialForks; i++) await fork(line[at] as Snapshot)
      const bytes = room.rowBytes - before
      if (bytes > worst.bytes) worst = { at, bytes }
    }
    // What this benchmark has thrown away until now is not collected in the middle of a step that is measured.
    collectGarbage()
    for (let i = 0; i < compiledAfter; i++) await fork(line[worst.at] as Snapshot)
    const before = await room.stateBytes()
    room.longestStep = { cpu: 0, wall: 0 }
    for (let i = 0; i < forks; i++) await fork(line[worst.at] as Snapshot)
    const each = ((await room.stateBytes()) - before) / forks / changesAFork
    const what = changesAFork === 1 ? '1,000 forks from one old event' : `1,000 forks of ${changesAFork} changes`
    figures.push(
      plainFigure(`${what}, at the worst place, a change`, 'B', each, { must: 150, aim: 80 }),
      plainFigure(`${what}: longest step`, 'ms', room.longestStep.cpu, { wall: room.longestStep.wall, must: 10 }),
    )
    await room.close()
  }
  return figures
}
