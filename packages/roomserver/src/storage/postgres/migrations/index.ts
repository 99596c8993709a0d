/**
 * The migrations in order. One process applies them at a time, each in one transaction with the note that it was done.
 */
import type { Sql } from '../sql.ts'
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

/** Any number, the same in every process. */
const migrationLock = 0x4e657572

/** @returns a sentence where the database is newer than this program; it is not touched then */
export async function migrate(sql: Sql): Promise<string | undefined> {
  return sql.begin(async tx => {
    await tx`SELECT pg_advisory_xact_lock(${migrationLock})`
    await tx`CREATE TABLE IF NOT EXISTS migrations (number bigint PRIMARY KEY, name text NOT NULL)`
    const [row] = await tx`SELECT count(*) AS done FROM migrations`
    const done = Number(row?.['done'])
    if (done > migrations.length)
      return `it was written by a newer version of this program (its schema is ${done}, this program knows ${migrations.length})`
    for (const [at, { name, sql: text }] of migrations.entries()) {
      if (at < done) continue
      await tx.unsafe(text)
      await tx`INSERT INTO migrations (number, name) VALUES (${at + 1}, ${name})`
    }
    return undefined
  })
}
