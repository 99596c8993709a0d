/**
 * Backups of room keys, encrypted by clients. Client-server API, "Server-side key backups".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Row, Statement } from './database.ts'

export interface KeyBackup {
  readonly version: number
  readonly algorithm: string
  readonly authData: Readonly<Record<string, unknown>>
  readonly etag: number
  readonly isDeleted: boolean
}

export interface BackedUpKey {
  readonly roomId: string
  readonly sessionId: string
  readonly firstMessageIndex: number
  readonly forwardedCount: number
  readonly isVerified: boolean
  readonly sessionData: Readonly<Record<string, unknown>>
}

/** Some keys of a backup: all, those of a room, or one. */
export interface KeySelection {
  readonly roomId?: string | undefined
  readonly sessionId?: string | undefined
}

const selected = 'user_id = ? AND version = ? AND (? IS NULL OR room_id = ?) AND (? IS NULL OR session_id = ?)'

export class KeyBackups {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** The newest one that was not deleted. */
  current(userId: UserId): KeyBackup | undefined {
    return backupOf(
      this.#database.get(
        'SELECT * FROM key_backups WHERE user_id = ? AND is_deleted = 0 ORDER BY version DESC LIMIT 1',
        userId,
      ),
    )
  }

  /** Also one that was deleted. */
  find(userId: UserId, version: number): KeyBackup | undefined {
    return backupOf(this.#database.get('SELECT * FROM key_backups WHERE user_id = ? AND version = ?', userId, version))
  }

  /** Its row has the `version`: numbers are never used twice. */
  create(userId: UserId, algorithm: string, authData: unknown): Statement {
    return {
      sql: `INSERT INTO key_backups
        SELECT ?, COALESCE(MAX(version), 0) + 1, ?, ?, 0, 0 FROM key_backups WHERE user_id = ? RETURNING version`,
      values: [userId, algorithm, JSON.stringify(authData), userId],
    }
  }

  setAuthData(userId: UserId, version: number, authData: unknown): Statement {
    return {
      sql: 'UPDATE key_backups SET auth_data = ? WHERE user_id = ? AND version = ? AND is_deleted = 0',
      values: [JSON.stringify(authData), userId, version],
    }
  }

  remove(userId: UserId, version: number): Statement[] {
    const values = [userId, version]
    return [
      { sql: 'UPDATE key_backups SET is_deleted = 1 WHERE user_id = ? AND version = ?', values },
      { sql: 'DELETE FROM backed_up_keys WHERE user_id = ? AND version = ?', values },
    ]
  }

  count(userId: UserId, version: number): number {
    return this.#database.get<{ count: number }>(
      'SELECT COUNT(*) AS count FROM backed_up_keys WHERE user_id = ? AND version = ?',
      userId,
      version,
    )!.count
  }

  /** All that the user has stored there: a client asks for its own backup as a whole. */
  keys(userId: UserId, version: number, { roomId, sessionId }: KeySelection): BackedUpKey[] {
    return this.#database
      .all(`SELECT * FROM backed_up_keys WHERE ${selected}`, ...selection(userId, version, roomId, sessionId))
      .map(keyOf)
  }

  set(userId: UserId, version: number, key: BackedUpKey): Statement {
    const { roomId, sessionId, firstMessageIndex, forwardedCount, isVerified, sessionData } = key
    return {
      sql: 'INSERT OR REPLACE INTO backed_up_keys VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      values: [
        userId,
        version,
        roomId,
        sessionId,
        firstMessageIndex,
        forwardedCount,
        isVerified ? 1 : 0,
        JSON.stringify(sessionData),
      ],
    }
  }

  removeKeys(userId: UserId, version: number, { roomId, sessionId }: KeySelection): Statement {
    return {
      sql: `DELETE FROM backed_up_keys WHERE ${selected}`,
      values: selection(userId, version, roomId, sessionId),
    }
  }

  /** The keys of a backup have changed. */
  touch(userId: UserId, version: number): Statement {
    return {
      sql: 'UPDATE key_backups SET etag = etag + 1 WHERE user_id = ? AND version = ?',
      values: [userId, version],
    }
  }

  removeAll(userId: UserId): Statement[] {
    return [
      { sql: 'UPDATE key_backups SET is_deleted = 1 WHERE user_id = ?', values: [userId] },
      { sql: 'DELETE FROM backed_up_keys WHERE user_id = ?', values: [userId] },
    ]
  }
}

function selection(userId: UserId, version: number, roomId?: string, sessionId?: string): (string | number | null)[] {
  return [userId, version, roomId ?? null, roomId ?? null, sessionId ?? null, sessionId ?? null]
}

function backupOf(row: Row | undefined): KeyBackup | undefined {
  if (row === undefined) return undefined
  return {
    version: row['version'] as number,
    algorithm: row['algorithm'] as string,
    authData: JSON.parse(row['auth_data'] as string),
    etag: row['etag'] as number,
    isDeleted: row['is_deleted'] === 1,
  }
}

function keyOf(row: Row): BackedUpKey {
  return {
    roomId: row['room_id'] as string,
    sessionId: row['session_id'] as string,
    firstMessageIndex: row['first_message_index'] as number,
    forwardedCount: row['forwarded_count'] as number,
    isVerified: row['is_verified'] === 1,
    sessionData: JSON.parse(row['session_data'] as string),
  }
}
