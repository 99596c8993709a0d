/**
 * All parts of the crash campaign. Each runs to its end or throws at what it found.
 */
import assert from 'node:assert/strict'
import { killedAtCheckpoint } from './checkpoints.ts'
import { fullAt, tornAt } from './disasters.ts'
import { each } from './each.ts'
import { failedAt, killedAt, undisturbedStory } from './fault-points.ts'
import { killAtRandom } from './kills.ts'

const randomKills = 50
/** The log is torn after each of so many points. */
const tornEvery = 40
const fullEvery = 3
/** Groups form by chance, so the last points may not be reached. */
const leastReached = 0.8

export interface Part {
  readonly name: string
  /** @param note told how far it is; @returns what it did, in figures */
  run(note: (done: number, of: number) => void): Promise<string>
}

export async function campaign(seed: number): Promise<Part[]> {
  const { points, end } = await undisturbedStory()
  const all = points.map((_, at) => at + 1)
  return [
    {
      name: `rooms killed at ${randomKills} random moments end as without`,
      run: async () => {
        const { kills, lives } = await killAtRandom(randomKills, seed)
        assert.equal(kills, randomKills)
        return `${kills} kills in ${lives} lives, seed ${seed}`
      },
    },
    {
      name: 'rooms killed before and after a checkpoint end as without',
      run: async () => {
        for (const label of ['before checkpoint', 'after checkpoint'] as const) await killedAtCheckpoint(label)
        return '2 kills'
      },
    },
    {
      name: 'a writer killed before and after every statement and sync loses nothing',
      run: async note => {
        const killed = await each(all, note, point => killedAt(point, end))
        return `${mostOf(killed, all)} killed`
      },
    },
    {
      name: 'a writer that fails before and after every statement and sync is not trusted',
      run: async note => {
        await each(all, note, point => failedAt(point, end))
        return `${all.length} points`
      },
    },
    {
      name: 'a full disk stops input and not reading',
      run: async note => {
        const chosen = all.filter(point => point % fullEvery === 0)
        return mostOf(await each(chosen, note, point => fullAt(point, end)), chosen)
      },
    },
    {
      name: 'a torn end of the log takes the last commits at most',
      run: async note => {
        const chosen = all.filter(point => point % tornEvery === 0)
        return mostOf(await each(chosen, note, point => tornAt(point, end)), chosen)
      },
    },
  ]
}

function mostOf(reached: number, chosen: readonly number[]): string {
  assert.ok(reached >= chosen.length * leastReached, `only ${reached} of ${chosen.length} points were reached`)
  return `${reached} of ${chosen.length} points`
}
