/**
 * A storage against the model, over random writes in groups of any size, some of which must be refused, with reads of every
 * kind in between and new starts.
 */
import assert from 'node:assert/strict'
import { SeededRandomness } from '../../runtime/index.ts'
import type { QueueRowNid } from '../../types/index.ts'
import { MemoryDisk, openMemoryStorage, type RoomCommit, type Storage } from '../index.ts'
import { compareAll, compareSome } from './compare-reads.ts'
import type { Place } from './place.ts'
import { RandomRoom } from './random-commits.ts'

export interface Comparison {
  readonly seed: number
  /** How many groups of writes. */
  readonly groups: number
}

export async function compareWithModel(place: Place, { seed, groups }: Comparison): Promise<void> {
  const random = new SeededRandomness(seed)
  const rooms = [1, 2, 3].map(room => new RandomRoom(room, random.fork()))
  const names = new Map<string, number>()
  const disk = new MemoryDisk()
  let [storage, model] = [await place.open(), await openMemoryStorage({ disk })]
  try {
    for (let group = 0; group < groups; group++) {
      const writes = await drawWrites(rooms, random, model)
      assert.deepEqual(await resultsOf(writes, storage), await resultsOf(writes, model), `seed ${seed}, group ${group}`)
      await compareNames(names, storage, random)
      await compareSome(storage.reader, model.reader, rooms, random)
      if (group % 25 === 24) await compareAll(storage.reader, model.reader, rooms, random)
      if (!random.chance(0.02)) continue
      await Promise.all([storage.close(), model.close()])
      ;[storage, model] = [await place.open(), await openMemoryStorage({ disk })]
    }
    await compareAll(storage.reader, model.reader, rooms, random)
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

async function drawWrites(rooms: readonly RandomRoom[], random: SeededRandomness, model: Storage): Promise<Write[]> {
  const writes: Write[] = []
  for (let left = 1 + random.nextInt(8); left > 0; left--) {
    const room = random.pick(rooms)
    const queued = (await model.reader.queue(room.roomId, 0, 20)).map(row => row.row)
    writes.push(
      random.weighted<() => Write>([
        [8, () => commitWrite(room.commit(queued))],
        [1, () => commitWrite(late(room.copy().commit(queued), random))],
        [1, () => commitWrite(faulty(room.copy()))],
        [2, () => enqueueWrite(room, random)],
        [1, () => retryWrite(queued, random)],
        [1, () => storage => storage.dequeue(queued.slice(0, 1))],
      ])(),
    )
  }
  return writes
}

function commitWrite(commit: RoomCommit): Write {
  return storage => storage.commit(commit)
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

function enqueueWrite({ roomId }: RandomRoom, random: SeededRandomness): Write {
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
