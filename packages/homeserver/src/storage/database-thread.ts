/**
 * The writer's thread: takes writes in groups, each group one synced transaction. A write that fails is undone alone; an error after
 * which it is not known what is on disk ends everything: a failed sync is never trusted.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import type { FromThread, Statement, StatementResult, ToThread, WriteEnd } from './database-messages.ts'

const { path, migrations } = workerData as { readonly path: string; readonly migrations: readonly string[] }
const port = parentPort!

const busyTimeout = 5_000
/** SQLite's primary codes after which nothing is trusted: I/O, cannot open, not a database, read only. */
const fatalCodes = new Set([10, 14, 26, 8])

type Write = Extract<ToThread, { kind: 'write' }>

interface Prepared {
  readonly statement: StatementSync
  /** Whether it has rows to give. */
  readonly returns: boolean
}

class Thread {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, Prepared>()
  #group: Write[] = []
  #isClosing = false
  #failure: string | undefined

  constructor() {
    this.#database = new DatabaseSync(path, { timeout: busyTimeout })
    this.#database.exec('PRAGMA journal_mode = WAL')
    this.#database.exec('PRAGMA synchronous = FULL')
    this.#migrate()
  }

  take(message: ToThread): void {
    if (message.kind === 'close') this.#isClosing = true
    else this.#group.push(message)
    // What was sent in the same turn of the main thread joins the group.
    void nodeRuntime.timers.yieldNow().then(() => this.#flush())
  }

  #migrate(): void {
    const { user_version: done } = this.#database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (done > migrations.length)
      throw new Error(
        `it was written by a newer version of this program (its schema is ${done}, this program knows ${migrations.length})`,
      )
    for (const [at, script] of migrations.entries()) {
      if (at < done) continue
      this.#database.exec(`BEGIN IMMEDIATE; ${script}; PRAGMA user_version = ${at + 1}; COMMIT`)
    }
  }

  /** Once for each message, so often with nothing left to do. */
  #flush(): void {
    if (!this.#database.isOpen) return
    const group = this.#group
    this.#group = []
    if (group.length > 0) say({ kind: 'done', writes: this.#write(group) })
    if (!this.#isClosing || this.#group.length > 0) return
    this.#database.close()
    port.close()
  }

  #write(group: readonly Write[]): WriteEnd[] {
    if (this.#failure !== undefined) return group.map(({ write }) => ended(write, [], this.#failure, true))
    try {
      this.#do('BEGIN IMMEDIATE')
      const ends = group.map(write => this.#one(write))
      this.#do('COMMIT')
      return ends
    } catch (error) {
      const isFatal = this.#isFatal(error)
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      return group.map(({ write }) => ended(write, [], sentence(error), isFatal))
    }
  }

  #one({ write, statements }: Write): WriteEnd {
    this.#do('SAVEPOINT one')
    try {
      const results = statements.map(statement => this.#run(statement))
      this.#do('RELEASE one')
      return ended(write, results, undefined, false)
    } catch (error) {
      if (this.#isFatal(error)) throw error
      this.#do('ROLLBACK TO one')
      this.#do('RELEASE one')
      return ended(write, [], sentence(error), false)
    }
  }

  #run({ sql, values }: Statement): StatementResult {
    const { statement, returns } = this.#prepared(sql)
    if (returns) {
      const rows = statement.all(...values) as StatementResult['rows']
      return { rows, changes: rows.length }
    }
    return { rows: [], changes: Number(statement.run(...values).changes) }
  }

  /** Of the transaction itself. */
  #do(sql: string): void {
    this.#prepared(sql).statement.run()
  }

  #prepared(sql: string): Prepared {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    const prepared = { statement, returns: statement.columns().length > 0 }
    this.#statements.set(sql, prepared)
    return prepared
  }

  #isFatal(error: unknown): boolean {
    const code = (error as { errcode?: number }).errcode ?? 0
    if (!fatalCodes.has(code & 0xff)) return false
    this.#failure = sentence(error)
    return true
  }
}

function ended(write: number, results: StatementResult[], error: string | undefined, failed: boolean): WriteEnd {
  return { write, results, error, failed }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function say(message: FromThread): void {
  port.postMessage(message)
}

try {
  const thread = new Thread()
  port.on('message', (message: ToThread) => thread.take(message))
  say({ kind: 'ready' })
} catch (error) {
  say({ kind: 'cannot-open', reason: sentence(error) })
}
