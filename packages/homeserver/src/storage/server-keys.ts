/**
 * Keys of other servers, and what each server last published. In the heads' own database. Server-server API, "Retrieving server keys".
 */
import type { ServerName, VerifyKey } from '@neurite/protocol'
import type { Database, Row, Statement } from './database.ts'

/** The tables, as a migration. Times in milliseconds since 1970. */
export const serverKeyTables = `
  CREATE TABLE server_keys (
    server_name TEXT NOT NULL,
    key_id TEXT NOT NULL,
    public_key BLOB NOT NULL,
    valid_until_ts INTEGER NOT NULL,
    fetched_ts INTEGER NOT NULL,
    -- When the server stopped using it; NULL for a key in use.
    expired_ts INTEGER,
    -- 1: the server itself said so; 0: a notary did.
    is_direct INTEGER NOT NULL,
    PRIMARY KEY (server_name, key_id)
  ) WITHOUT ROWID;
  -- The last answer of each server itself, to be passed on as a notary.
  CREATE TABLE server_key_answers (
    server_name TEXT NOT NULL PRIMARY KEY,
    answer TEXT NOT NULL,
    valid_until_ts INTEGER NOT NULL,
    fetched_ts INTEGER NOT NULL
  )`

/** A key and who said so. */
export interface StoredKey extends VerifyKey {
  /** By the server itself; else by a notary. */
  readonly isDirect: boolean
}

/** What a server published. */
export interface StoredKeyAnswer {
  /** Canonical JSON, with the server's own signatures. */
  readonly answer: string
  readonly validUntil: number
  readonly fetchedAt: number
}

/** Keys of one server by their IDs. */
export type KeysById = ReadonlyMap<string, StoredKey>

export class ServerKeyTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  key(server: ServerName, keyId: string): StoredKey | undefined {
    const row = this.#database.get('SELECT * FROM server_keys WHERE server_name = ? AND key_id = ?', server, keyId)
    return row && keyOf(row)
  }

  answer(server: ServerName): StoredKeyAnswer | undefined {
    const row = this.#database.get('SELECT * FROM server_key_answers WHERE server_name = ?', server)
    if (row === undefined) return undefined
    const { answer, valid_until_ts: validUntil, fetched_ts: fetchedAt } = row
    return { answer: String(answer), validUntil: Number(validUntil), fetchedAt: Number(fetchedAt) }
  }

  /** Puts keys in the place of those with the same IDs. @param answer what the server itself published, where it did */
  async save(server: ServerName, keys: KeysById, answer?: StoredKeyAnswer): Promise<void> {
    const statements: Statement[] = [...keys].map(([keyId, key]) => ({
      sql: 'INSERT OR REPLACE INTO server_keys VALUES (?, ?, ?, ?, ?, ?, ?)',
      values: [
        server,
        keyId,
        key.publicKey,
        key.validUntil,
        key.fetchedAt,
        key.expiredAt ?? null,
        key.isDirect ? 1 : 0,
      ],
    }))
    if (answer !== undefined)
      statements.push({
        sql: 'INSERT OR REPLACE INTO server_key_answers VALUES (?, ?, ?, ?)',
        values: [server, answer.answer, answer.validUntil, answer.fetchedAt],
      })
    await this.#database.write(...statements)
  }
}

function keyOf(row: Row): StoredKey {
  return {
    publicKey: row['public_key'] as Uint8Array,
    validUntil: Number(row['valid_until_ts']),
    fetchedAt: Number(row['fetched_ts']),
    ...(row['expired_ts'] === null ? {} : { expiredAt: Number(row['expired_ts']) }),
    isDirect: row['is_direct'] === 1,
  }
}
