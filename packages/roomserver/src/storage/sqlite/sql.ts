/**
 * Connections and prepared statements, as thin as they get.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

export type SqlValue = SQLInputValue

/** A prepared statement. Rows are lists in the order of the columns. */
export interface Sql {
  run(...values: SqlValue[]): { changes: number | bigint }
  get(...values: SqlValue[]): unknown
}

export interface ConnectionOptions {
  readonly readOnly: boolean
  /** Of SQLite's page cache. */
  readonly cacheBytes: number
}

/** Milliseconds to wait for a lock. Only checkpoints and a start after a crash hold any for a moment. */
const busyTimeout = 5_000

export function connect(path: string, { readOnly, cacheBytes }: ConnectionOptions): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly, timeout: busyTimeout })
  database.exec(`PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)}`)
  return database
}

/** A statement whose rows are lists: cheaper to read than objects. */
export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReturnArrays(true)
  return statement
}

/**
 * A condition whose one parameter is a list of numbers as JSON, see `pagesOf`. Rows come in any order; where many are wanted this
 * costs less than half of what they cost one by one.
 */
export const inList = 'IN (SELECT value FROM json_each(?))'

/** Numbers that one statement is given at once: more costs no less. */
const listLength = 1_000

/** Lists as parameters of `inList`: none is longer than pays. */
export function* pagesOf(numbers: readonly number[]): Iterable<string> {
  for (let at = 0; at < numbers.length; at += listLength) yield JSON.stringify(numbers.slice(at, at + listLength))
}

/** SQLite's extended result code; 0 for errors that are not SQLite's. */
export function resultCode(error: unknown): number {
  const code = (error as { errcode?: unknown } | undefined)?.errcode
  return typeof code === 'number' ? code : 0
}

/** The primary result code: the family that an extended one belongs to. */
export function primaryCode(error: unknown): number {
  return resultCode(error) & 0xff
}
