/**
 * Lives killed with kill -9 at random moments, also while they start and while they rest: whoever goes on ends as one who was never
 * killed, `check` finds nothing, a subscriber misses nothing, and what was acknowledged is never given again.
 */
import assert from 'node:assert/strict'
import { SeededRandomness } from '@neurite/roomserver/runtime'
import { openSqliteForReading } from '@neurite/roomserver/storage'
import { inFolder, liveInChild } from './children.ts'
import { assertSound, endOf } from './end.ts'
import type { Progress } from './life.ts'
import { lifeNamed } from './lives.ts'
import { assertSawAll } from './subscriber.ts'

/** Deaths of one life at most: then it may live to its end. */
const deathsOfOneLife = 10
const rest = 20
/** A life that is killed lasts as long as an undisturbed one at most. */
const earliest = 0.1

export interface KillReport {
  readonly kills: number
  readonly lives: number
}

export async function killAtRandom(kills: number, seed: number): Promise<KillReport> {
  const random = new SeededRandomness(seed)
  const rooms = (await lifeNamed('examples')).rooms.length
  const { end, lasted } = await undisturbed(rooms)
  let [left, lives] = [kills, 0]
  while (left > 0) {
    const deaths = Math.min(left, deathsOfOneLife)
    left -= await oneLife({ end, lasted, rooms, deaths, random: random.fork() })
    lives++
  }
  return { kills: kills - left, lives }
}

async function undisturbed(rooms: number): Promise<{ end: unknown; lasted: number }> {
  return inFolder(async path => {
    const options = { life: 'examples', path: path('rooms.db'), outputs: path('outputs'), rest } as const
    const { lasted } = await liveInChild(options, rooms)
    return { end: await endOf(options.path), lasted }
  })
}

interface OneLife {
  readonly end: unknown
  readonly lasted: number
  readonly rooms: number
  readonly deaths: number
  readonly random: SeededRandomness
}

/** @returns how often it was killed */
async function oneLife({ end, lasted, rooms, deaths, random }: OneLife): Promise<number> {
  return inFolder(async path => {
    const options = { life: 'examples', path: path('rooms.db'), outputs: path('outputs'), rest } as const
    let killed = 0
    let from: Progress = Array.from({ length: rooms }, () => 0)
    for (let alive = true; alive; ) {
      const share = earliest + (1 - earliest) * (random.nextInt(1_000) / 1_000)
      const killAfter = killed < deaths ? share * lasted : undefined
      const death = await liveInChild({ ...options, from, seed: random.nextInt(1_000_000) }, rooms, killAfter)
      alive = death.killed
      if (alive) killed++
      from = death.progress
      await assertSound(options.path).catch(error => notYetMade(error))
    }
    assert.deepEqual(await endOf(options.path), end)
    const { reader, close } = openSqliteForReading(options.path)
    await assertSawAll(options.outputs, reader)
    close()
    return killed
  })
}

/** A life that was killed before it had made its database left nothing to check. */
function notYetMade(error: unknown): void {
  if (!(error instanceof Error && error.name === 'CannotOpenStorage')) throw error
  assert.match(error.message, /nothing has been written|unable to open/)
}
