/**
 * What is read in one turn of the event loop is read from the database as it was at one moment: without that each read takes and
 * gives back SQLite's locks, and after each commit of the writer reads the same pages anew.
 *
 * A moment must not outlast an answer of the writer: what was only shown as decided until then has to be found in the database.
 * A moment that finds the database changed says so before anything is read: what was kept of rows counts no more.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { nodeRuntime } from '../../runtime/index.ts'
import { prepare } from './sql.ts'

export class ReadingMoment {
  readonly #database: DatabaseSync
  readonly #onChange: () => void
  readonly #begin: StatementSync
  readonly #version: StatementSync
  readonly #end: StatementSync
  #isOpen = false
  #lastVersion: unknown

  /** @param onChange the database is another than at the moment before */
  constructor(database: DatabaseSync, onChange: () => void) {
    this.#database = database
    this.#onChange = onChange
    this.#begin = database.prepare('BEGIN')
    // SQLite raises it whenever another connection has committed; asked for first, it is that of the moment.
    this.#version = prepare(database, 'PRAGMA data_version')
    this.#end = database.prepare('COMMIT')
  }

  /** To be called before each read. */
  open(): void {
    if (this.#isOpen) return
    this.#begin.run()
    this.#isOpen = true
    const [version] = this.#version.get() as unknown as [number]
    if (version !== this.#lastVersion) this.#onChange()
    this.#lastVersion = version
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
