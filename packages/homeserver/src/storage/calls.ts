/**
 * Calls of the room server that carry an idempotency key, remembered over a restart. See idempotent-calls.ts of the room server.
 */
import type { CallMemory, RememberedCall } from '@neurite/roomserver'
import type { Database } from './database.ts'

export const callTable = `
  CREATE TABLE calls (
    key TEXT NOT NULL PRIMARY KEY,
    operation TEXT NOT NULL,
    request TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    -- NULL: its end is not known.
    answer TEXT
  ) WITHOUT ROWID;
  CREATE INDEX calls_by_time ON calls (begun_at)`

export class CallTable implements CallMemory {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async find(key: string): Promise<RememberedCall | undefined> {
    const row = await Promise.resolve(this.#database.get('SELECT * FROM calls WHERE key = ?', key))
    if (row === undefined) return undefined
    return {
      key,
      operation: String(row['operation']),
      request: String(row['request']),
      begunAt: Number(row['begun_at']),
      answer: row['answer'] === null ? undefined : String(row['answer']),
    }
  }

  async remember({ key, operation, request, begunAt, answer }: RememberedCall): Promise<void> {
    await this.#database.write({
      sql: 'INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?)',
      values: [key, operation, request, begunAt, answer ?? null],
    })
  }

  async forget(key: string): Promise<void> {
    await this.#database.write({ sql: 'DELETE FROM calls WHERE key = ?', values: [key] })
  }

  async forgetBefore(begunAt: number): Promise<void> {
    await this.#database.write({ sql: 'DELETE FROM calls WHERE begun_at < ?', values: [begunAt] })
  }
}
