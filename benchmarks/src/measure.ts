/**
 * Measures on CPU time, since wall time on a machine that is shared says little. The subjects of one measurement take turns,
 * so that whatever disturbs the machine disturbs all of them; what counts is the median of the rounds.
 *
 * What is measured is the steady state. Garbage is collected when V8 sees fit and charged to whoever runs then; it is not
 * collected by force between runs, since a full collection makes V8 throw optimised code away, and short runs would then
 * measure how it comes back. That cost is real, and benchmarks that it matters to measure it by itself
 * ({@link collectGarbage}).
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Something to measure. */
export interface Subject {
  readonly name: string
  /** Operations that one call of `run` does; figures are for one operation. */
  readonly operations: number
  /** Before each run, unmeasured: puts things back as they were. */
  readonly prepare?: () => void
  /** Does the operations. What it returns is looked at, so that no compiler takes the work for useless. */
  readonly run: () => unknown
}

/** Median and ends of some numbers. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** What one operation of a subject took in each round, in milliseconds. */
export interface Times {
  /** CPU time of the process: user and system, all threads, collection of garbage included. */
  readonly cpu: readonly number[]
  readonly wall: readonly number[]
}

/** Rounds that count. */
export const rounds = 9
/** Rounds before, for the compiler. */
const warmUpRounds = 4

/** Collects all garbage now. Optimised code goes along, so measure nothing else in the same turns. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** Measures the subjects in turns. @returns their times in the order of `subjects` */
export function measure(subjects: readonly Subject[]): Times[] {
  const times = subjects.map(() => ({ cpu: [] as number[], wall: [] as number[] }))
  for (let round = -warmUpRounds; round < rounds; round++)
    for (const [index, subject] of subjects.entries()) {
      const { cpu, wall } = runOnce(subject)
      if (round < 0) continue
      times[index]?.cpu.push(cpu)
      times[index]?.wall.push(wall)
    }
  return times
}

function runOnce(subject: Subject): { readonly cpu: number; readonly wall: number } {
  subject.prepare?.()
  const wallBefore = performance.now()
  const cpuBefore = process.cpuUsage()
  const result = subject.run()
  const { user, system } = process.cpuUsage(cpuBefore)
  const wall = performance.now() - wallBefore
  if (result === undefined) throw new Error(`${subject.name} returns nothing that shows that it did its work`)
  return { cpu: (user + system) / 1000 / subject.operations, wall: wall / subject.operations }
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (place: number) => sorted[place] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  }
}

/** How many times longer one took than the other, round by round. */
export function ratioOf(times: Times, to: Times): Spread {
  return spreadOf(times.cpu.map((cpu, round) => cpu / (to.cpu[round] ?? Number.NaN)))
}
