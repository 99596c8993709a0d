/**
 * The devices of local users. Client-server API, "Device Management".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Row, Statement } from './database.ts'

export interface Device {
  readonly deviceId: string
  readonly displayName: string | undefined
  /** Milliseconds since 1970; a few minutes late. */
  readonly lastSeenAt: number | undefined
  readonly lastSeenIp: string | undefined
}

/** Devices that a user's list may name: more than anybody has. */
const maxDevices = 10_000

export class Devices {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** In the order in which they were made. */
  of(userId: UserId): Device[] {
    return this.#database
      .all('SELECT * FROM devices WHERE user_id = ? ORDER BY created_at, device_id LIMIT ?', userId, maxDevices)
      .map(deviceOf)
  }

  find(userId: UserId, deviceId: string): Device | undefined {
    const row = this.#database.get('SELECT * FROM devices WHERE user_id = ? AND device_id = ?', userId, deviceId)
    return row === undefined ? undefined : deviceOf(row)
  }

  /** A device that is there already keeps its name. */
  ensure(userId: UserId, deviceId: string, displayName: string | undefined, at: number): Statement {
    return {
      sql: `INSERT INTO devices (user_id, device_id, display_name, created_at) VALUES (?, ?, ?, ?)
        ON CONFLICT DO NOTHING`,
      values: [userId, deviceId, displayName ?? null, at],
    }
  }

  rename(userId: UserId, deviceId: string, displayName: string): Statement {
    return {
      sql: 'UPDATE devices SET display_name = ? WHERE user_id = ? AND device_id = ?',
      values: [displayName, userId, deviceId],
    }
  }

  seen(userId: UserId, deviceId: string, at: number, ip: string): Statement {
    return {
      sql: 'UPDATE devices SET last_seen_ts = ?, last_seen_ip = ? WHERE user_id = ? AND device_id = ?',
      values: [at, ip, userId, deviceId],
    }
  }

  /**
   * A device with all that is its own: tokens, keys, signatures on it, waiting messages, pushers, transactions. Whether this changed
   * the list of devices with keys is for the caller to say (`DeviceKeys.changed`).
   */
  remove(userId: UserId, deviceId: string): Statement[] {
    const values = [userId, deviceId]
    const tables = [
      'devices',
      'token_pairs',
      'device_keys',
      'one_time_keys',
      'fallback_keys',
      'to_device_messages',
      'pushers',
      'client_transactions',
    ]
    return [
      ...tables.map(table => ({ sql: `DELETE FROM ${table} WHERE user_id = ? AND device_id = ?`, values })),
      { sql: 'DELETE FROM key_signatures WHERE target_user = ? AND target = ?', values },
    ]
  }
}

function deviceOf(row: Row): Device {
  return {
    deviceId: row['device_id'] as string,
    displayName: (row['display_name'] as string | null) ?? undefined,
    lastSeenAt: (row['last_seen_ts'] as number | null) ?? undefined,
    lastSeenIp: (row['last_seen_ip'] as string | null) ?? undefined,
  }
}
