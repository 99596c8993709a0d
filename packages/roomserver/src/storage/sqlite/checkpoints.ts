/**
 * Checkpoints: what was committed is copied from the write-ahead log into the database between groups, early when nothing
 * waits and in any case before the log grows long, so that no step is long, the log stays small and a start after a crash
 * is quick.
 *
 * A reader that is at work while the log is copied keeps its end from being copied, and the log from starting over. Readers
 * of this process take microseconds, so the next copy does it; where the log has grown long all the same, the writer waits
 * for them for a moment.
 */
import type { DatabaseSync } from 'node:sqlite'
import { type Faults, sqliteFull } from './faults.ts'
import { prepare, primaryCode } from './sql.ts'

const sqliteBusy = 5
/**
 * Pages of 4 KiB not copied yet: from which on a pause is used, and those at which nothing waits any longer. Where many rooms
 * are busy most pages are written again soon, and the longer a copy waits, the more often one stands for several.
 */
const pagesInPause = 4_000
const pagesAtMost = 8_000
/** Pages in the log, copied or not, from which on it has to start over; asked for again each time it has grown by as many. */
const pagesToStartOver = 16_384

/** As the pragma answers: whether something was in the way, pages in the log, pages of it that are copied. */
type Log = [busy: number, pages: number, done: number]

export class Checkpoints {
  readonly #measure: { get(): unknown }
  readonly #copy: { get(): unknown }
  readonly #startOver: { get(): unknown }
  readonly #truncate: { get(): unknown }
  readonly #faults: Faults | undefined
  #startOverAt = pagesToStartOver
  /** Where the log ended when a reader was last in the way: the next try is when it has grown again. */
  #stuckAt = 0

  constructor(database: DatabaseSync, faults?: Faults) {
    this.#measure = prepare(database, 'PRAGMA wal_checkpoint(NOOP)')
    this.#copy = prepare(database, 'PRAGMA wal_checkpoint(PASSIVE)')
    this.#startOver = prepare(database, 'PRAGMA wal_checkpoint(RESTART)')
    this.#truncate = prepare(database, 'PRAGMA wal_checkpoint(TRUNCATE)')
    this.#faults = faults
  }

  /**
   * @returns whether there was anything to do
   * @throws where it is not known any more what is on disk; a full disk or a reader in the way is no such thing
   */
  runIfDue(othersWait: boolean): boolean {
    const [, pages, done] = this.#measure.get() as Log
    if (pages < pagesToStartOver) this.#startOverAt = pagesToStartOver
    const mustStartOver = pages >= this.#startOverAt
    const left = pages - Math.max(done, this.#stuckAt <= pages ? this.#stuckAt : 0)
    if (!mustStartOver && left < (othersWait ? pagesAtMost : pagesInPause)) return false
    if (mustStartOver) this.#startOverAt = pages + pagesToStartOver
    this.#run(mustStartOver ? this.#startOver : this.#copy)
    const [, pagesNow, doneNow] = this.#measure.get() as Log
    this.#stuckAt = doneNow < pagesNow ? pagesNow : 0
    return true
  }

  /** Copies all there is and empties the log: the database is one file then. For the end. */
  empty(): void {
    this.#run(this.#truncate)
  }

  #run(checkpoint: { get(): unknown }): void {
    try {
      if (this.#faults === undefined) checkpoint.get()
      else {
        this.#faults.around('checkpoint', () => checkpoint.get())
        this.#faults.delaySync()
      }
    } catch (error) {
      const code = primaryCode(error)
      if (code !== sqliteFull && code !== sqliteBusy) throw error
    }
  }
}
