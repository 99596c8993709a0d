/**
 * What a disk does besides stopping: it fills up, and it tears the end of the log that was being written.
 */
import assert from 'node:assert/strict'
import { copyFileSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs'
import { openSqliteStorage } from '@neurite/roomserver/storage'
import { inFolder, liveInChild } from './children.ts'
import { assertSound, endOf } from './end.ts'
import { goOn } from './fault-points.ts'
import { EventWaits, type Life, live, openServer } from './life.ts'
import { lifeNamed } from './lives.ts'

/**
 * From a point on the disk is full: input stops and says why, reads go on; once there is room, input works again.
 * @returns whether it came to that point: groups form by chance
 */
export async function fullAt(point: number, end: unknown): Promise<boolean> {
  const life = await lifeNamed('story')
  return inFolder(async path => {
    const storage = await openSqliteStorage(path('room.db'), {
      faults: { from: { point, fault: 'full' }, record: true },
    })
    const errors: unknown[] = []
    const server = await openServer(life, storage, error => errors.push(error))
    const progress = life.rooms.map(() => 0)
    const acknowledged = (room: number, step: number) => {
      progress[room] = step + 1
    }
    let waits = false
    const isReached = await live(server, life, { acknowledged }).then(
      () => false,
      (error: unknown) => {
        waits = error instanceof EventWaits
        return waits || isFull(error)
      },
    )
    const [row] = await server.reader.rooms(0, 1)
    if (row !== undefined) assert.ok((await server.reader.eventsOfRoom(row.room, 0, 100)).length > 0)
    const { faultPoints } = await storage.report()
    storage.inject({})
    // No disk says that it is full once a commit is done.
    const mayBe = faultPoints[point - 1] !== 'after commit'
    if (mayBe) await live(server, life, { from: progress })
    for (const error of errors) isFull(error)
    // An event may wait for one that was queued: what keeps that one from being taken is the disk, and nothing else.
    assert.ok(!waits || errors.length > 0)
    await server.close()
    await assertSound(path('room.db'))
    if (mayBe) assert.deepEqual(await endOf(path('room.db')), end)
    return isReached
  })
}

function isFull(error: unknown): true {
  assert.equal((error as Error).name, 'StorageFull')
  assert.match((error as Error).message, /the disk is full/)
  return true
}

/** Bytes at the end of the log that are torn: within a page, a whole frame, several. */
export const tears = [1, 17, 600, 4_096, 4_120, 9_000]

/**
 * The process is killed late in its life, and the end of the write-ahead log is not what was written. The last commits may be lost, as
 * they were never synced; what comes before them stands, and whoever gives the events again ends the same.
 * @returns whether it was killed at that point
 */
export async function tornAt(point: number, end: unknown): Promise<boolean> {
  const life = await lifeNamed('story')
  return inFolder(async path => {
    const killed = path('killed.db')
    const death = await liveInChild(
      { life: 'story', path: killed, faults: { at: { [point]: 'kill' } } },
      life.rooms.length,
    )
    if (!death.killed) return false
    for (const bytes of tears)
      for (const tear of [truncate, garble]) {
        const torn = path(`${tear.name}-${bytes}.db`)
        for (const suffix of ['', '-wal']) copyFileSync(`${killed}${suffix}`, `${torn}${suffix}`)
        tear(`${torn}-wal`, bytes)
        await assertSoundOrEmpty(torn)
        await goOn(torn, life, fromStart(life), end)
      }
    return true
  })
}

function fromStart({ rooms }: Life): number[] {
  return rooms.map(() => 0)
}

function truncate(path: string, bytes: number): void {
  truncateSync(path, Math.max(0, statSync(path).size - bytes))
}

function garble(path: string, bytes: number): void {
  const { length } = readFileSync(path)
  const count = Math.min(bytes, length)
  writeSync(openSync(path, 'r+'), Buffer.alloc(count, 0xa5), 0, count, length - count)
}

/** Where even the tables were in what is torn, nothing is left to check. */
async function assertSoundOrEmpty(path: string): Promise<void> {
  try {
    await assertSound(path)
  } catch (error) {
    if ((error as Error).name !== 'CannotOpenStorage') throw error
    assert.match((error as Error).message, /nothing has been written/)
  }
}
