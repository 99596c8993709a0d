/**
 * The heads' own database: accounts, devices, keys of other servers, where the sender stands. Reads are done at once on a connection
 * that cannot write; writes go to a thread of their own, many to a synced transaction, so that nothing here waits for the disk.
 *
 * The rooms are the room server's and lie in its database. The process holds that one, and with it the data directory.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { UnusableFile } from '../unusable-file.ts'
import type { FromThread, Statement, StatementResult, ToThread } from './database-messages.ts'
import { KeptRows, type KeptTable, tablesIn } from './kept-rows.ts'

export type { Statement, StatementResult } from './database-messages.ts'

/** A row by column name. */
export type Row = Readonly<Record<string, null | number | bigint | string | Uint8Array>>

/** Nothing more can be written: what is on disk is what was acknowledged. */
export class DatabaseFailed extends Error {
  constructor(reason: string) {
    super(`the heads' database: ${reason}`)
    this.name = 'DatabaseFailed'
  }
}

/** Milliseconds to wait for a lock: only a start after a crash holds one for a moment. */
const busyTimeout = 5_000

interface Waiting {
  /** That may be others when it is done. */
  readonly tables: readonly KeptTable[]
  resolve(results: StatementResult[]): void
  reject(error: Error): void
}

export class Database {
  readonly #worker: Worker
  readonly #reading: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #waiting = new Map<number, Waiting>()
  readonly #kept = new KeptRows()
  #writes = 0
  #failure: DatabaseFailed | undefined
  #closed: Promise<void> | undefined

  private constructor(worker: Worker, path: string) {
    this.#worker = worker
    this.#reading = new DatabaseSync(path, { readOnly: true, timeout: busyTimeout })
    worker.on('message', (message: FromThread) => this.#hear(message))
    worker.on('error', (error: Error) => this.#fail(`its writer has stopped: ${error.message}`))
    worker.on('exit', () => this.#fail('it is closed'))
  }

  /**
   * Opens the database, or makes it, and brings its tables up to date.
   * @param migrations SQL scripts in order; those that were run before are not run again
   * @throws {UnusableFile} where it cannot be opened or is of a newer version
   */
  static async open(path: string, migrations: readonly string[]): Promise<Database> {
    const worker = new Worker(new URL('./database-thread.ts', import.meta.url), { workerData: { path, migrations } })
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('message', (message: FromThread) => {
        if (message.kind === 'cannot-open') reject(new UnusableFile(path, `cannot be opened: ${message.reason}`))
        else resolve()
        worker.removeListener('error', reject)
      })
    })
    return new Database(worker, path)
  }

  /** The first row; undefined where there is none. */
  get<R extends Row = Row>(sql: string, ...values: SQLInputValue[]): R | undefined {
    return this.#prepared(sql).get(...values) as R | undefined
  }

  /** As `get`, for rows that nearly every request asks for and few change: one that was found is kept until its table is written to. */
  getOften<R extends Row = Row>(table: KeptTable, sql: string, key: string | Uint8Array): R | undefined {
    return this.#kept.get(table, sql, key, () => this.get(sql, key)) as R | undefined
  }

  /** All rows: to be bounded by the statement. */
  all<R extends Row = Row>(sql: string, ...values: SQLInputValue[]): R[] {
    return this.#prepared(sql).all(...values) as R[]
  }

  /**
   * Runs statements as one transaction: all or nothing, on disk when it resolves.
   * @returns for each statement its rows (`RETURNING`) and how many rows it changed
   */
  write(...statements: readonly Statement[]): Promise<StatementResult[]> {
    if (this.#failure !== undefined || this.#closed !== undefined)
      return Promise.reject(this.#failure ?? new DatabaseFailed('it is closed'))
    const write = ++this.#writes
    const { promise, resolve, reject } = Promise.withResolvers<StatementResult[]>()
    this.#waiting.set(write, { resolve, reject, tables: tablesIn(statements) })
    this.#send({ kind: 'write', write, statements })
    return promise
  }

  /** Waits for what was given to it before; later writes are refused. */
  close(): Promise<void> {
    this.#closed ??= new Promise(resolve => {
      this.#reading.close()
      this.#worker.once('exit', () => resolve())
      this.#send({ kind: 'close' })
    })
    return this.#closed
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#reading.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #send(message: ToThread): void {
    this.#worker.postMessage(message)
  }

  #hear(message: FromThread): void {
    if (message.kind !== 'done') return
    for (const { write, results, error, failed } of message.writes) {
      const waiting = this.#waiting.get(write)
      this.#waiting.delete(write)
      for (const table of waiting?.tables ?? []) this.#kept.forget(table)
      if (error === undefined) waiting?.resolve(results)
      else waiting?.reject(failed ? new DatabaseFailed(error) : new Error(error))
      if (failed) this.#fail(error ?? 'it failed')
    }
  }

  #fail(reason: string): void {
    this.#failure ??= new DatabaseFailed(reason)
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }
}
