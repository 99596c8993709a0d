/**
 * The story with its writer stopped before and after every SQL statement and sync in turn: killed there, or failed there. Whoever goes
 * on ends as one who was never stopped, and `check` finds nothing.
 */
import assert from 'node:assert/strict'
import { type FaultPlan, openSqliteStorage } from '@neurite/roomserver/storage'
import { inFolder, liveInChild } from './children.ts'
import { assertSound, endOf } from './end.ts'
import { type Life, live, openServer, type Progress } from './life.ts'
import { lifeNamed } from './lives.ts'

export interface Undisturbed {
  /** What each point that the writer passes is called, in order. */
  readonly points: readonly string[]
  readonly end: unknown
}

export async function undisturbedStory(): Promise<Undisturbed> {
  const life = await lifeNamed('story')
  return inFolder(async path => {
    const storage = await openSqliteStorage(path('room.db'), { faults: { record: true } })
    const server = await openServer(life, storage, fail)
    await live(server, life)
    const { faultPoints } = await storage.report()
    await server.close()
    await assertSound(path('room.db'))
    return { points: faultPoints, end: await endOf(path('room.db')) }
  })
}

/** The process is killed at a point; another goes on. @returns whether it came to that point: groups form by chance */
export async function killedAt(point: number, end: unknown): Promise<boolean> {
  const life = await lifeNamed('story')
  return inFolder(async path => {
    const faults: FaultPlan = { at: { [point]: 'kill' } }
    const { killed, progress } = await liveInChild({ life: 'story', path: path('room.db'), faults }, life.rooms.length)
    await assertSound(path('room.db'))
    await goOn(path('room.db'), life, progress, end)
    return killed
  })
}

/** The disk fails at a point: nothing is trusted any more, all is refused, and after opening anew it goes on. */
export async function failedAt(point: number, end: unknown): Promise<void> {
  const life = await lifeNamed('story')
  await inFolder(async path => {
    const storage = await openSqliteStorage(path('room.db'), { faults: { at: { [point]: 'io-error' } } })
    const errors: unknown[] = []
    const server = await openServer(life, storage, error => errors.push(error))
    const progress = life.rooms.map(() => 0)
    const acknowledged = (room: number, step: number) => {
      progress[room] = step + 1
    }
    try {
      await live(server, life, { acknowledged })
    } catch (error) {
      assert.equal((error as Error).name, 'StorageFailed')
    }
    for (const error of errors) assert.equal((error as Error).name, 'StorageFailed')
    await server.close()
    await assertSound(path('room.db'))
    await goOn(path('room.db'), life, progress, end)
  })
}

/** Goes on from what was acknowledged, in this process. */
export async function goOn(path: string, life: Life, from: Progress, end: unknown): Promise<void> {
  const server = await openServer(life, await openSqliteStorage(path), fail)
  try {
    await live(server, life, { from })
    for (const { roomId } of await server.reader.rooms(0, 100)) await server.collect(roomId)
  } finally {
    await server.close()
  }
  await assertSound(path, { collected: true })
  assert.deepEqual(await endOf(path), end)
}

function fail(error: unknown): never {
  throw error
}
