/**
 * Opening a database: looked at first without touching it, then held for this process, then the writer's thread is started.
 */
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { CannotOpenStorage } from '../storage.ts'
import type { FaultPlan } from './faults.ts'
import type { FromWriter } from './messages.ts'
import { readMark, whyNot } from './migrations/index.ts'
import { lockForThisProcess } from './process-lock.ts'
import { connect, primaryCode } from './sql.ts'
import { SqliteStorage } from './sqlite-storage.ts'
import type { WriterOptions } from './writer-thread.ts'

export interface SqliteOptions {
  /** SQLite's page cache of the connection that reads; default 8 MiB. */
  readonly readCacheBytes?: number
  /** The same of the writer's; default 8 MiB. */
  readonly writeCacheBytes?: number
  /** Faults for tests: without it the writer has no fault points. */
  readonly faults?: FaultPlan
}

/**
 * Of each connection. Events, states and names are kept above it, and below it the system keeps the file; twice as much is no faster where
 * a hundred rooms are busy, and what passes through once, as the state of a large room does, fills it all the same.
 */
const defaultCacheBytes = 8 * 1_048_576
const sqliteCannotOpen = 14

/**
 * Opens the database at a path, or makes it where there is none.
 * @throws {CannotOpenStorage} where another process holds it, it is of a newer version, of another program or no database
 * @example
 * const storage = await openSqliteStorage('neurite.db')
 */
export async function openSqliteStorage(path: string, options: SqliteOptions = {}): Promise<SqliteStorage> {
  lookFirst(path)
  const lock = lockForThisProcess(path)
  try {
    const cacheBytes = options.writeCacheBytes ?? defaultCacheBytes
    const { worker, epoch } = await startWriter(path, { path, cacheBytes, faults: options.faults })
    try {
      const reading = connect(path, { readOnly: true, cacheBytes: options.readCacheBytes ?? defaultCacheBytes })
      return new SqliteStorage({ worker, epoch, reading, release: () => lock.release() })
    } catch (error) {
      await worker.terminate()
      throw error
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** A file that is not ours is not touched: not even a lock appears beside it. */
function lookFirst(path: string): void {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true })
    const reason = whyNot(readMark(database))
    if (reason !== undefined) throw new CannotOpenStorage(path, reason)
  } catch (error) {
    if (error instanceof CannotOpenStorage) throw error
    // Most likely it is not there yet; if not, opening it for writing says what is wrong.
    if (primaryCode(error) === sqliteCannotOpen) return
    throw new CannotOpenStorage(path, error instanceof Error ? error.message : String(error), { cause: error })
  } finally {
    database?.close()
  }
}

/** What the writer makes is gone with each commit: room for more would be memory that nobody needs. MiB. */
const writerYoungMb = 24

function startWriter(path: string, workerData: WriterOptions): Promise<{ worker: Worker; epoch: number }> {
  // Run as TypeScript in development, compiled when published.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./writer-thread.${extension}`, import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: writerYoungMb },
  })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: FromWriter) => {
      worker.off('error', reject)
      if (message.kind === 'ready') resolve({ worker, epoch: message.epoch })
      else reject(new CannotOpenStorage(path, message.kind === 'cannot-open' ? message.reason : message.kind))
    })
  })
}
