/**
 * A folder of its own for a SQLite database, gone after the test.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteStorage, type SqliteOptions, type SqliteStorage } from '../sqlite/index.ts'
import type { Place } from './place.ts'

export interface SqlitePlace extends Place {
  readonly path: string
  open(options?: SqliteOptions): Promise<SqliteStorage>
}

export async function sqlitePlace(): Promise<SqlitePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'neurite-storage-'))
  const path = join(folder, 'neurite.db')
  return {
    path,
    open: options => openSqliteStorage(path, options),
    takeOver: async () => execute(path, 'UPDATE partitions SET epoch = epoch + 1'),
    remove: () => rm(folder, { recursive: true }),
  }
}

/** Changes a database behind storage's back. */
export function execute(path: string, sql: string): void {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}
