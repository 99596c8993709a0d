/**
 * What is read in one turn of the event loop is read from the database as it was at one moment: without that each read takes and
 * gives back SQLite's locks, and after each commit of the writer reads the same pages anew.
 *
 * A moment must not outlast an answer of the writer: what was only shown as decided until then has to be found in the database.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { nodeRuntime } from '../../runtime/index.ts'

export class ReadingMoment {
  readonly #database: DatabaseSync
  readonly #begin: StatementSync
  readonly #end: StatementSync
  #isOpen = false

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#begin = database.prepare('BEGIN')
    this.#end = database.prepare('COMMIT')
  }

  /** To be called before each read. */
  open(): void {
    if (this.#isOpen) return
    this.#begin.run()
    this.#isOpen = true
    void nodeRuntime.timers.yieldNow().then(() => this.end())
  }

  /** The next read sees what is in the database by then. */
  end(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    // An error of a read may have ended it, or the connection is closed by now.
    if (this.#database.isOpen && this.#database.isTransaction) this.#end.run()
  }
}
