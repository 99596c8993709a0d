/**
 * Faults for tests: the writer can be stopped, or made to fail, before and after every SQL statement and sync. The points are
 * numbered as they are passed, so a campaign counts them once and then stops at each in turn. A plan is plain data, since the
 * writer lives on its own thread. Without a plan none of this runs.
 */
import type { Sql } from './sql.ts'

export interface FaultPlan {
  /** What happens at which point, counted from 1 since the plan was given. */
  readonly at?: Readonly<Record<number, Fault>>
  /** What happens at every point from a number on: a disk that stays full. */
  readonly from?: { readonly point: number; readonly fault: Fault }
  /** What happens at every point whose label begins so: `after COMMIT`. */
  readonly labelled?: { readonly label: string; readonly fault: Fault }
  /** Milliseconds by which every sync takes longer. */
  readonly syncDelay?: number
  /** Keep the labels of all points passed, for the report. */
  readonly record?: boolean
}

/** `kill`: the process ends at once, as with kill -9. `full` and `io-error`: as SQLite says it. `error`: any other failure. */
export type Fault = 'kill' | 'full' | 'io-error' | 'error'

/** SQLite's result codes. */
export const sqliteFull = 13
export const sqliteIoError = 10

export class Faults {
  #plan: FaultPlan
  #passed = 0
  labels: string[] = []

  constructor(plan: FaultPlan) {
    this.#plan = plan
  }

  /** Another plan: points are counted from 1 again. */
  set plan(plan: FaultPlan) {
    this.#plan = plan
    this.#passed = 0
    this.labels = []
  }

  pass(label: string): void {
    const point = ++this.#passed
    if (this.#plan.record === true) this.labels.push(label)
    const { at, from, labelled } = this.#plan
    if (at?.[point] !== undefined) strike(at[point], label)
    if (from !== undefined && point >= from.point) strike(from.fault, label)
    if (labelled !== undefined && label.startsWith(labelled.label)) strike(labelled.fault, label)
  }

  /** Passes points before and after what is done. */
  around<T>(label: string, action: () => T): T {
    this.pass(`before ${label}`)
    const result = action()
    this.pass(`after ${label}`)
    return result
  }

  /** Holds the writer's thread up, as a slow disk does. */
  delaySync(): void {
    const { syncDelay = 0 } = this.#plan
    if (syncDelay > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, syncDelay)
  }

  /** A statement with points around each of its runs. */
  watch(statement: Sql, label: string): Sql {
    return {
      run: (...values) => this.around(label, () => statement.run(...values)),
      get: (...values) => this.around(label, () => statement.get(...values)),
    }
  }
}

function strike(fault: Fault, label: string): void {
  if (fault === 'kill') process.kill(process.pid, 'SIGKILL')
  const error = new Error(`injected fault ${label}`)
  const errcode = { full: sqliteFull, 'io-error': sqliteIoError, error: 1, kill: 1 }[fault]
  throw Object.assign(error, { errcode })
}
