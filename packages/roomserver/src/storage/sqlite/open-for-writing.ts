/**
 * The writer's connection: settings, missing migrations, and a new epoch, which shuts out whoever wrote before. Nothing here
 * grows with the size of the database.
 */
import type { DatabaseSync } from 'node:sqlite'
import { migrate, readMark, whyNot } from './migrations/index.ts'
import { connect } from './sql.ts'

/** Milliseconds that a checkpoint may wait for readers once storage is open: nobody else writes. */
const waitForReaders = 20

export type OpenedForWriting =
  | { readonly kind: 'opened'; readonly database: DatabaseSync; readonly epoch: number }
  | { readonly kind: 'refused'; readonly reason: string }

export function openForWriting(path: string, cacheBytes: number): OpenedForWriting {
  let database: DatabaseSync | undefined
  try {
    database = connect(path, { readOnly: false, cacheBytes })
    const reason = whyNot(readMark(database))
    if (reason !== undefined) throw new Error(reason)
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = FULL')
    database.exec('PRAGMA wal_autocheckpoint = 0')
    migrate(database)
    database.exec(`PRAGMA busy_timeout = ${waitForReaders}`)
    const row = database.prepare('UPDATE partitions SET epoch = epoch + 1 WHERE partition = 1 RETURNING epoch').get()
    return { kind: 'opened', database, epoch: Number(row?.['epoch']) }
  } catch (error) {
    database?.close()
    return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) }
  }
}
