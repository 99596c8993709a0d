/**
 * The inventory of a SQLite database. Rooms are found by steps in the primary keys, not by reading the tables.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { afterRoom, inRoom, localOf, type RoomNid, roomOf, type StateBlockNid } from '../../types/index.ts'
import type { Inventory, NumberedTable } from '../inventory.ts'
import { prepare } from './sql.ts'

const keyOf: Readonly<Record<NumberedTable, string>> = {
  events: 'event',
  event_json: 'event',
  state_snapshots: 'snapshot',
  state_blocks: 'block',
}
const tables = Object.keys(keyOf) as readonly NumberedTable[]

interface TableStatements {
  readonly next: StatementSync
  readonly last: StatementSync
  readonly between: StatementSync
}

export class SqliteInventory implements Inventory {
  readonly #database: DatabaseSync
  readonly #tables: ReadonlyMap<NumberedTable, TableStatements>

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#tables = new Map(tables.map(table => [table, statementsOf(database, table)]))
  }

  async faultsOfFile(limit: number): Promise<string[]> {
    const rows = prepare(this.#database, `PRAGMA integrity_check(${Math.floor(limit)})`).all() as unknown as [string][]
    return rows.map(([sentence]) => sentence).filter(sentence => sentence !== 'ok')
  }

  async nextRoom(table: NumberedTable, after: RoomNid | 0): Promise<RoomNid | undefined> {
    const [nid] = (this.#of(table).next.get(afterRoom(after as RoomNid)) ?? []) as [nid?: StateBlockNid]
    return nid === undefined ? undefined : roomOf(nid)
  }

  async lastNumber(table: NumberedTable, room: RoomNid): Promise<number> {
    const [nid] = (this.#of(table).last.get(inRoom(room, 1), afterRoom(room)) ?? []) as [nid?: StateBlockNid]
    return nid === undefined ? 0 : localOf(nid)
  }

  async numbers(table: NumberedTable, room: RoomNid, from: number, to: number): Promise<number[]> {
    if (to <= from) return []
    const rows = this.#of(table).between.all(inRoom(room, from), inRoom<StateBlockNid>(room, to - 1) + 1)
    return (rows as unknown as [StateBlockNid][]).map(([nid]) => localOf(nid))
  }

  #of(table: NumberedTable): TableStatements {
    return this.#tables.get(table) as TableStatements
  }
}

function statementsOf(database: DatabaseSync, table: NumberedTable): TableStatements {
  const key = keyOf[table]
  return {
    next: prepare(database, `SELECT ${key} FROM ${table} WHERE ${key} >= ? ORDER BY ${key} LIMIT 1`),
    last: prepare(
      database,
      `SELECT ${key} FROM ${table} WHERE ${key} >= ? AND ${key} < ? ORDER BY ${key} DESC LIMIT 1`,
    ),
    between: prepare(database, `SELECT ${key} FROM ${table} WHERE ${key} >= ? AND ${key} < ? ORDER BY ${key}`),
  }
}
