/**
 * What has been sent to application services: how far the room server's output is done with for each, and the transaction that it has not
 * taken yet. Such a transaction never changes, so it is kept as it is sent. Application service API, "Pushing events".
 */
import type { Database, Statement } from './database.ts'

/** The table, as a migration. */
export const applicationServiceTable = `
  CREATE TABLE application_services (
    -- As its registration says it.
    id TEXT NOT NULL PRIMARY KEY,
    -- All outputs up to here were taken by the service, are in the transaction, or do not concern it.
    position TEXT NOT NULL,
    -- Transactions that were made for it: the ID of the last.
    transactions INTEGER NOT NULL,
    -- The last transaction's body, JSON. NULL: it was taken.
    open_transaction TEXT
  ) WITHOUT ROWID`

export interface ServiceProgress {
  /** Of the room server's output: opaque. */
  readonly position: string
  /** Counts transactions: the ID of the last. */
  readonly transactions: number
  /** The body of the last; undefined: the service has taken it. */
  readonly open: string | undefined
}

export class ApplicationServiceTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** @returns undefined for a service that was never here before */
  find(id: string): ServiceProgress | undefined {
    const row = this.#database.get('SELECT * FROM application_services WHERE id = ?', id)
    if (row === undefined) return undefined
    return {
      position: row['position'] as string,
      transactions: row['transactions'] as number,
      open: (row['open_transaction'] as string | null) ?? undefined,
    }
  }

  /** How far each service is, of those that were ever here. */
  positions(): string[] {
    return this.#database.all('SELECT position FROM application_services').map(row => row['position'] as string)
  }

  set(id: string, { position, transactions, open }: ServiceProgress): Statement {
    return {
      sql: 'INSERT OR REPLACE INTO application_services VALUES (?, ?, ?, ?)',
      values: [id, position, transactions, open ?? null],
    }
  }
}
