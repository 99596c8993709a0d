/**
 * One process a database. The lock is SQLite's own write lock on a small database beside the real one: the operating system
 * lets go of it when the process ends, however it ends, so none is ever stale. Who takes it writes down who it is, first; a
 * write lock does not keep others from reading that.
 */
import { DatabaseSync } from 'node:sqlite'
import { CannotOpenStorage } from '../storage.ts'
import { primaryCode } from './sql.ts'

const sqliteBusy = 5

export interface ProcessLock {
  release(): void
}

/** @throws {CannotOpenStorage} saying who holds it */
export function lockForThisProcess(path: string): ProcessLock {
  const lock = openLock(path)
  try {
    lock.exec('BEGIN IMMEDIATE')
    lock.exec('CREATE TABLE IF NOT EXISTS holder (one INTEGER PRIMARY KEY, pid INTEGER NOT NULL, since TEXT NOT NULL)')
    lock.prepare("INSERT OR REPLACE INTO holder VALUES (1, ?, datetime('now'))").run(process.pid)
    lock.exec('COMMIT')
    // Another may come between: then it has the lock, and this process says so.
    lock.exec('BEGIN IMMEDIATE')
    return { release: () => lock.close() }
  } catch (error) {
    const reason = primaryCode(error) === sqliteBusy ? `${holderOf(lock)} has it open` : `it cannot be locked: ${error}`
    lock.close()
    throw new CannotOpenStorage(path, reason, { cause: error })
  }
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(`${path}.lock`, { timeout: 0 })
  } catch (error) {
    throw new CannotOpenStorage(path, `no lock can be made beside it: ${error}`, { cause: error })
  }
}

function holderOf(lock: DatabaseSync): string {
  try {
    const holder = lock.prepare('SELECT pid, since FROM holder').get()
    if (holder !== undefined) return `process ${holder['pid']} (since ${holder['since']} UTC)`
    return 'another process'
  } catch (error) {
    return `another process (which one cannot be read: ${error})`
  }
}
