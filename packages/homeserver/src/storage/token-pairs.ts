/**
 * Access tokens and the refresh tokens that came with them, by their SHA-256. Client-server API, "Using access tokens" and
 * "Refreshing access tokens".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Row, Statement } from './database.ts'

export interface TokenPair {
  readonly pair: number
  readonly userId: UserId
  readonly deviceId: string
  /** Of the access token, milliseconds since 1970; undefined: never. */
  readonly expiresAt: number | undefined
  /** The pair that it was made from, while neither of its tokens has been used. */
  readonly replaces: number | undefined
}

export interface NewTokenPair {
  readonly userId: UserId
  readonly deviceId: string
  readonly accessHash: Uint8Array
  readonly refreshHash: Uint8Array | undefined
  readonly expiresAt: number | undefined
  readonly replaces: number | undefined
}

export class TokenPairs {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  byAccessToken(hash: Uint8Array): TokenPair | undefined {
    return pairOf(this.#database.getOften('token_pairs', 'SELECT * FROM token_pairs WHERE access_hash = ?', hash))
  }

  byRefreshToken(hash: Uint8Array): TokenPair | undefined {
    return pairOf(this.#database.get('SELECT * FROM token_pairs WHERE refresh_hash = ?', hash))
  }

  add({ userId, deviceId, accessHash, refreshHash, expiresAt, replaces }: NewTokenPair): Statement {
    return {
      sql: `INSERT INTO token_pairs (user_id, device_id, access_hash, refresh_hash, expires_at, replaces)
        VALUES (?, ?, ?, ?, ?, ?)`,
      values: [userId, deviceId, accessHash, refreshHash ?? null, expiresAt ?? null, replaces ?? null],
    }
  }

  /** A pair is used for the first time: the one that it replaces is over, and so are others made from that one. */
  confirm(pair: number, replaced: number): Statement[] {
    return [
      {
        sql: 'DELETE FROM token_pairs WHERE pair = ? OR (replaces = ? AND pair <> ?)',
        values: [replaced, replaced, pair],
      },
      { sql: 'UPDATE token_pairs SET replaces = NULL WHERE pair = ?', values: [pair] },
    ]
  }

  removeOfDevice(userId: UserId, deviceId: string): Statement {
    return { sql: 'DELETE FROM token_pairs WHERE user_id = ? AND device_id = ?', values: [userId, deviceId] }
  }
}

function pairOf(row: Row | undefined): TokenPair | undefined {
  if (row === undefined) return undefined
  return {
    pair: row['pair'] as number,
    userId: row['user_id'] as UserId,
    deviceId: row['device_id'] as string,
    expiresAt: (row['expires_at'] as number | null) ?? undefined,
    replaces: (row['replaces'] as number | null) ?? undefined,
  }
}
