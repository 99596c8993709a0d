/**
 * Keys of devices: identity keys, one-time keys, fallback keys; and when a user's keys changed last. Client-server API, "End-to-End
 * Encryption", "Device keys", "One-time and fallback keys".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Statement } from './database.ts'
import { raised } from './streams.ts'

export type KeyJson = Readonly<Record<string, unknown>>

/** A key to be claimed: JSON of an object or of a string. */
export interface ClaimableKey {
  readonly algorithm: string
  readonly keyId: string
  readonly key: unknown
}

/** Devices with keys that one user may have, as far as reading goes. */
const maxDevices = 10_000
/** Users that one list of changes may name. */
const maxChanges = 100_000
/** In place of a viewer. */
const everybody = ''

export class DeviceKeys {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** The identity keys of a user's devices, by device ID. */
  of(userId: UserId): Map<string, KeyJson> {
    const rows = this.#database.all<{ device_id: string; keys: string }>(
      'SELECT device_id, keys FROM device_keys WHERE user_id = ? LIMIT ?',
      userId,
      maxDevices,
    )
    return new Map(rows.map(({ device_id, keys }) => [device_id, JSON.parse(keys)]))
  }

  find(userId: UserId, deviceId: string): KeyJson | undefined {
    const row = this.#database.get<{ keys: string }>(
      'SELECT keys FROM device_keys WHERE user_id = ? AND device_id = ?',
      userId,
      deviceId,
    )
    return row === undefined ? undefined : JSON.parse(row.keys)
  }

  set(userId: UserId, deviceId: string, keys: KeyJson): Statement {
    return {
      sql: 'INSERT OR REPLACE INTO device_keys VALUES (?, ?, ?)',
      values: [userId, deviceId, JSON.stringify(keys)],
    }
  }

  /** A user's devices or cross-signing keys have changed: a change of the stream `device_lists`. */
  changed(userId: UserId): Statement {
    return changedFor(userId, everybody)
  }

  /** The same, where one user alone sees it: that user's signature on another's key. */
  changedFor(userId: UserId, viewer: UserId): Statement {
    return changedFor(userId, viewer)
  }

  /**
   * Whose keys changed last after a position, up to another, as somebody sees it. Nothing is kept of the times between: who changed them
   * again later is named later.
   */
  changedBetween(after: number, upTo: number, viewer: UserId): UserId[] {
    return this.#database
      .all<{ user_id: UserId }>(
        `SELECT DISTINCT user_id FROM device_list_changes
          WHERE position > ? AND position <= ? AND seen_by IN ('${everybody}', ?) ORDER BY position LIMIT ?`,
        after,
        upTo,
        viewer,
        maxChanges,
      )
      .map(({ user_id }) => user_id)
  }

  /** The position of a user's last change that everybody sees; 0 where there is none. For the federation's stream IDs. */
  lastChange(userId: UserId): number {
    const row = this.#database.get<{ position: number }>(
      'SELECT position FROM device_list_changes WHERE user_id = ? AND seen_by = ?',
      userId,
      everybody,
    )
    return row?.position ?? 0
  }

  oneTimeKey(userId: UserId, deviceId: string, algorithm: string, keyId: string): unknown {
    const row = this.#database.get<{ key: string }>(
      'SELECT key FROM one_time_keys WHERE user_id = ? AND device_id = ? AND algorithm = ? AND key_id = ?',
      userId,
      deviceId,
      algorithm,
      keyId,
    )
    return row === undefined ? undefined : JSON.parse(row.key)
  }

  addOneTimeKey(userId: UserId, deviceId: string, { algorithm, keyId, key }: ClaimableKey): Statement {
    return {
      sql: `INSERT INTO one_time_keys (user_id, device_id, algorithm, key_id, key) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING`,
      values: [userId, deviceId, algorithm, keyId, JSON.stringify(key)],
    }
  }

  /** How many one-time keys are left, by algorithm. */
  oneTimeKeyCounts(userId: UserId, deviceId: string): Record<string, number> {
    const rows = this.#database.all<{ algorithm: string; count: number }>(
      'SELECT algorithm, COUNT(*) AS count FROM one_time_keys WHERE user_id = ? AND device_id = ? GROUP BY algorithm',
      userId,
      deviceId,
    )
    return Object.fromEntries(rows.map(({ algorithm, count }) => [algorithm, count]))
  }

  setFallbackKey(userId: UserId, deviceId: string, { algorithm, keyId, key }: ClaimableKey): Statement {
    return {
      sql: 'INSERT OR REPLACE INTO fallback_keys VALUES (?, ?, ?, ?, ?, 0)',
      values: [userId, deviceId, algorithm, keyId, JSON.stringify(key)],
    }
  }

  /** Algorithms whose fallback key nobody has been given yet. */
  unusedFallbackKeys(userId: UserId, deviceId: string): string[] {
    return this.#database
      .all<{ algorithm: string }>(
        'SELECT algorithm FROM fallback_keys WHERE user_id = ? AND device_id = ? AND is_used = 0',
        userId,
        deviceId,
      )
      .map(({ algorithm }) => algorithm)
  }

  /** Takes the oldest one-time key away. Its row is the key: `key_id`, `key`; no row where there is none. */
  claimOneTimeKey(userId: UserId, deviceId: string, algorithm: string): Statement {
    return {
      sql: `DELETE FROM one_time_keys WHERE upload = (SELECT MIN(upload) FROM one_time_keys
        WHERE user_id = ? AND device_id = ? AND algorithm = ?) RETURNING key_id, key`,
      values: [userId, deviceId, algorithm],
    }
  }

  /** Marks the fallback key as used. Its row is the key: `key_id`, `key`; no row where there is none. */
  claimFallbackKey(userId: UserId, deviceId: string, algorithm: string): Statement {
    return {
      sql: `UPDATE fallback_keys SET is_used = 1 WHERE user_id = ? AND device_id = ? AND algorithm = ?
        RETURNING key_id, key`,
      values: [userId, deviceId, algorithm],
    }
  }
}

function changedFor(userId: UserId, viewer: string): Statement {
  return {
    sql: `INSERT OR REPLACE INTO device_list_changes VALUES (?, ?, ${raised('device_lists')})`,
    values: [userId, viewer],
  }
}
