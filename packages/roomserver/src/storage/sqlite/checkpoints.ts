/**
 * Checkpoints: what was committed is copied from the write-ahead log into the database between groups, early when nothing
 * waits and in any case before the log grows long, so that no step is long, the log stays small and a start after a crash
 * is quick.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Faults } from './faults.ts'
import { sqliteFull } from './faults.ts'
import { prepare, primaryCode } from './sql.ts'

const sqliteBusy = 5
/** Pages of 4 KiB in the log from which on a pause is used, and those at which nothing waits any longer. */
const pagesInPause = 500
const pagesAtMost = 2_000

export class Checkpoints {
  readonly #measure: { get(): unknown }
  readonly #copy: { get(): unknown }
  readonly #faults: Faults | undefined

  constructor(database: DatabaseSync, faults?: Faults) {
    this.#measure = prepare(database, 'PRAGMA wal_checkpoint(NOOP)')
    this.#copy = prepare(database, 'PRAGMA wal_checkpoint(PASSIVE)')
    this.#faults = faults
  }

  /** Whether one is due. */
  due(othersWait: boolean): boolean {
    const [, pages, done] = this.#measure.get() as [number, number, number]
    return pages - done >= (othersWait ? pagesAtMost : pagesInPause)
  }

  /** @throws where it is not known any more what is on disk; a full disk or a reader in the way is no such thing */
  run(): void {
    try {
      if (this.#faults === undefined) this.#copy.get()
      else {
        this.#faults.around('checkpoint', () => this.#copy.get())
        this.#faults.delaySync()
      }
    } catch (error) {
      const code = primaryCode(error)
      if (code !== sqliteFull && code !== sqliteBusy) throw error
    }
  }
}
