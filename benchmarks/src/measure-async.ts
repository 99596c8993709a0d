/**
 * {@link measure} for work that waits: for other threads, the disk. CPU time counts over all threads of the process, so what
 * the writer and the pool for cryptography do is in it.
 */
import type { Times } from './measure.ts'

/** Something to measure that waits. */
export interface AsyncSubject {
  readonly name: string
  /** Operations that one call of `run` does; figures are for one operation. */
  readonly operations: number
  /** Before each run, unmeasured. */
  readonly prepare?: () => Promise<unknown>
  readonly run: () => Promise<unknown>
}

/** Rounds that count. */
export const asyncRounds = 5

/** Measures the subjects in turns. @returns their times in the order of `subjects` */
export async function measureAsync(
  subjects: readonly AsyncSubject[],
  { rounds = asyncRounds, warmUpRounds = 1 } = {},
): Promise<Times[]> {
  const times = subjects.map(() => ({ cpu: [] as number[], wall: [] as number[] }))
  for (let round = -warmUpRounds; round < rounds; round++)
    for (const [index, subject] of subjects.entries()) {
      await subject.prepare?.()
      const { cpu, wall } = await timed(subject.run)
      if (round < 0) continue
      times[index]?.cpu.push(cpu / subject.operations)
      times[index]?.wall.push(wall / subject.operations)
    }
  return times
}

/** What one run takes, in milliseconds. */
export async function timed(run: () => unknown): Promise<{ readonly cpu: number; readonly wall: number }> {
  const wallBefore = performance.now()
  const cpuBefore = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(cpuBefore)
  return { cpu: (user + system) / 1000, wall: performance.now() - wallBefore }
}
