/**
 * A storage against the model, over random writes in groups of any size, some of which must be refused, with reads of every
 * kind in between and new starts.
 */
import assert from 'node:assert/strict'
import { SeededRandomness } from '../../runtime/index.ts'
import type { QueueRowNid } from '../../types/index.ts'
import { type DirectoryChange, MemoryDisk, openMemoryStorage, type RoomCommit, type Storage } from '../index.ts'
import { compareAll, compareSome } from './compare-reads.ts'
import type { Place } from './place.ts'
import { RandomChanges } from './random-changes.ts'
import { RandomRoom } from './random-commits.ts'

export interface Comparison {
  readonly seed: number
  /** How many groups of writes. */
  readonly groups: number
}

export async function compareWithModel(place: Place, { seed, groups }: Comparison): Promise<void> {
  const random = new SeededRandomness(seed)
  const rooms = [1, 2, 3].map(room => new RandomRoom(room, random.fork()))
  const changes = new RandomChanges(
    random.fork(),
    rooms.map(({ roomId }) => roomId),
  )
  const names = new Map<string, number>()
  const disk = new MemoryDisk()
  let [storage, model] = [await place.open(), await openMemoryStorage({ disk })]
  try {
    for (let group = 0; group < groups; group++) {
      const writes = await drawWrites(rooms, changes, random, model)
      assert.deepEqual(await resultsOf(writes, storage), await resultsOf(writes, model), `seed ${seed}, group ${group}`)
      await compareNames(names, storage, random)
      await compareSome(storage.reader, model.reader, rooms, changes, random)
      if (group % 25 === 24) await compareAll(storage.reader, model.reader, rooms, changes, random)
      if (!random.chance(0.02)) continue
      await Promise.all([storage.close(), model.close()])
      ;[storage, model] = [await place.open(), await openMemoryStorage({ disk })]
    }
    await compareAll(storage.reader, model.reader, rooms, changes, random)
  } finally {
    await storage.close()
  }
}

type Write = (storage: Storage) => Promise<unknown>

/** What all writes of a group come to, refused ones by the name of the error. */
async function resultsOf(writes: readonly Write[], storage: Storage): Promise<unknown[]> {
  const results = await Promise.allSettled(writes.map(write => write(storage)))
  return results.map(result => (result.status === 'fulfilled' ? result.value : (result.reason as Error).name))
}

async function drawWrites(
  rooms: RandomRoom[],
  changes: RandomChanges,
  random: SeededRandomness,
  model: Storage,
): Promise<Write[]> {
  const writes: Write[] = []
  // What is queued for a room while it is being purged may go with it or stay, so a group does one of the two.
  const [enqueued, purged] = [new Set<string>(), new Set<string>()]
  const reports = await model.reader.reports(0, 1_000)
  for (let left = 1 + random.nextInt(8); left > 0; left--) {
    const room = random.pick(rooms)
    const queued = (await model.reader.queue(room.roomId, 0, 20)).map(row => row.row)
    writes.push(
      random.weighted<() => Write>([
        [16, () => commitWrite(room.commit(queued))],
        [2, () => commitWrite(late(room.copy().commit(queued), random))],
        [2, () => commitWrite(faulty(room.copy()))],
        [4, () => (purged.has(room.roomId) ? commitWrite(room.commit([])) : enqueueWrite(room, random, enqueued))],
        [2, () => retryWrite(queued, random)],
        [2, () => storage => storage.dequeue(queued.slice(0, 1))],
        [8, () => changeWrite(changes.list(reports))],
        [
          1,
          () =>
            room.counter === 0 || enqueued.has(room.roomId)
              ? commitWrite(room.commit([]))
              : purgeWrite(rooms, room, random, purged),
        ],
      ])(),
    )
  }
  return writes
}

function commitWrite(commit: RoomCommit): Write {
  return storage => storage.commit(commit)
}

function changeWrite(list: readonly DirectoryChange[]): Write {
  return storage => storage.change(list)
}

/** Takes a room away; from then on there is another of the same ID in its place. What still comes for the old one is refused. */
function purgeWrite(rooms: RandomRoom[], room: RandomRoom, random: SeededRandomness, purged: Set<string>): Write {
  purged.add(room.roomId)
  const late = room.copy().commit([])
  const next = Math.max(...rooms.map(each => each.room)) + 1
  rooms[rooms.indexOf(room)] = new RandomRoom(next, random.fork(), room.roomId)
  const most = 1 + random.nextInt(60)
  return async storage => {
    const first = storage.purge(room.room, most)
    const refused = storage.commit(late).then(
      () => 'committed',
      (error: Error) => error.name,
    )
    let step = await first
    while (step === 'more') step = await storage.purge(room.room, most)
    return refused
  }
}

/** Builds on a counter that the room is not at. */
function late(commit: RoomCommit, random: SeededRandomness): RoomCommit {
  return { ...commit, expects: commit.expects + 1 + random.nextInt(3), opens: undefined }
}

/** An event that is new and stored already. */
function faulty(room: RandomRoom): RoomCommit {
  const commit = room.commit([])
  const [write] = commit.events
  const json = '{}'
  const events =
    write === undefined
      ? []
      : [
          { ...write, json },
          { ...write, json },
        ]
  // Without an event to double, it is late instead.
  return write === undefined ? { ...commit, expects: commit.expects + 9, opens: undefined } : { ...commit, events }
}

function enqueueWrite({ roomId }: RandomRoom, random: SeededRandomness, enqueued: Set<string>): Write {
  enqueued.add(roomId)
  const items = Array.from({ length: 1 + random.nextInt(3) }, () => ({ roomId, item: `${random.word()}` }))
  return storage => storage.enqueue(items)
}

function retryWrite(queued: readonly QueueRowNid[], random: SeededRandomness): Write {
  const retries = queued.slice(0, 2).map(row => {
    return { row, notBefore: random.word() * 100, attempts: random.nextInt(9), waitsFor: `${random.word()}` }
  })
  return storage => storage.retryLater(retries)
}

/** A name's NID never changes, and no two names share one. */
async function compareNames(names: Map<string, number>, storage: Storage, random: SeededRandomness): Promise<void> {
  const asked = Array.from({ length: 3 }, () => `@user${random.nextInt(500)}:x`)
  const nids = await storage.internStateKeys(asked)
  for (const [at, name] of asked.entries()) {
    const known = names.get(name)
    // One that was not written before a new start may get another: no commit can have used it.
    if (known !== undefined && known !== nids[at]) assert.ok(nids[at]! > known)
    for (const [other, nid] of names) assert.ok(other === name || nid !== nids[at])
    names.set(name, nids[at]!)
  }
}
