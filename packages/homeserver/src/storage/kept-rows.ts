/**
 * Rows of the heads' database that nearly every request asks for, in memory: whose token it is, what is known of the account, and whether
 * anybody has a pusher. Only this process writes to the database, so a row stands as it was read until a write to its table is done.
 */
import type { Row, Statement } from './database.ts'

const keptTables = ['accounts', 'token_pairs', 'pushers'] as const
export type KeptTable = (typeof keptTables)[number]

/** Of each table: those of all devices that are about at the same time. Some 200 bytes a row. */
const maxKeptRows = 20_000

export class KeptRows {
  readonly #tables = new Map<KeptTable, Map<string, Row>>(keptTables.map(table => [table, new Map()]))

  /** @param read reads it where it is not kept. That there is none is not kept */
  get(table: KeptTable, sql: string, key: string | Uint8Array, read: () => Row | undefined): Row | undefined {
    const rows = this.#tables.get(table) as Map<string, Row>
    const name = `${sql} ${typeof key === 'string' ? key : Buffer.from(key).toString('latin1')}`
    const kept = rows.get(name)
    if (kept !== undefined) return kept
    const row = read()
    if (row === undefined) return undefined
    if (rows.size >= maxKeptRows) rows.clear()
    rows.set(name, row)
    return row
  }

  forget(table: KeptTable): void {
    this.#tables.get(table)?.clear()
  }
}

/** The tables that statements may change, of those whose rows are kept. */
export function tablesIn(statements: readonly Statement[]): readonly KeptTable[] {
  return keptTables.filter(table => statements.some(({ sql }) => sql.includes(table)))
}
