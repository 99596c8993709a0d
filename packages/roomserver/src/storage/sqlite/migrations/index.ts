/**
 * The migrations in order, and how a database is brought up to date: each in one transaction with the note that it was done.
 */
import type { DatabaseSync } from 'node:sqlite'
import { directory } from './0001-directory.ts'
import { rooms } from './0001-rooms.ts'
import { partialJoins } from './0002-partial-joins.ts'

interface Migration {
  readonly name: string
  readonly sql: string
}

/** Numbered from 1. Only ever appended to. */
export const migrations: readonly Migration[] = [
  { name: 'rooms', sql: rooms + directory },
  { name: 'partial joins', sql: partialJoins },
]

/** "Neur": marks the file as ours in SQLite's header. */
export const applicationId = 0x4e657572

export interface DatabaseMark {
  readonly applicationId: number
  /** How many migrations were applied. */
  readonly version: number
  readonly tables: number
}

/** What the header and schema of an open database say. Reads only. */
export function readMark(database: DatabaseSync): DatabaseMark {
  const number = (sql: string, column: string) => Number(database.prepare(sql).get()?.[column])
  return {
    applicationId: number('PRAGMA application_id', 'application_id'),
    version: number('PRAGMA user_version', 'user_version'),
    tables: number('SELECT count(*) AS tables FROM sqlite_schema', 'tables'),
  }
}

/** A sentence that says why the database cannot be used; undefined where it can. */
export function whyNot(mark: DatabaseMark): string | undefined {
  const isEmpty = mark.tables === 0 && mark.applicationId === 0
  if (!isEmpty && mark.applicationId !== applicationId) return 'it is the database of another program'
  if (mark.version > migrations.length)
    return `it was written by a newer version of this program (its schema is ${mark.version}, this program knows ${migrations.length})`
  return undefined
}

/** Applies the migrations that are missing. */
export function migrate(database: DatabaseSync): void {
  const { version } = readMark(database)
  for (const [done, { name, sql }] of migrations.entries()) {
    if (done < version) continue
    database.exec('BEGIN IMMEDIATE')
    try {
      database.exec('CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)')
      database.exec(sql)
      database.prepare('INSERT INTO migrations (number, name) VALUES (?, ?)').run(done + 1, name)
      database.exec(`PRAGMA application_id = ${applicationId}`)
      database.exec(`PRAGMA user_version = ${done + 1}`)
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
}
