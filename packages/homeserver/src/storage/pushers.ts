/**
 * Where users want to be notified. Client-server API, "Push Notifications".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Statement } from './database.ts'

/** A pusher as it was set, but for what only the setting needs. */
export type Pusher = Readonly<Record<string, unknown>>

export interface StoredPusher {
  readonly userId: UserId
  readonly deviceId: string
  readonly pusher: Pusher
}

/** Of one user: more than anybody has. */
export const maxPushers = 1_000

export class Pushers {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  of(userId: UserId): StoredPusher[] {
    return this.#database
      .all('SELECT * FROM pushers WHERE user_id = ? ORDER BY set_at, app_id, pushkey LIMIT ?', userId, maxPushers)
      .map(row => ({
        userId: row['user_id'] as UserId,
        deviceId: row['device_id'] as string,
        pusher: JSON.parse(row['pusher'] as string),
      }))
  }

  set(userId: UserId, deviceId: string, appId: string, pushkey: string, pusher: Pusher, at: number): Statement {
    return {
      sql: 'INSERT OR REPLACE INTO pushers VALUES (?, ?, ?, ?, ?, ?)',
      values: [userId, appId, pushkey, deviceId, JSON.stringify(pusher), at],
    }
  }

  remove(userId: UserId, appId: string, pushkey: string): Statement {
    return {
      sql: 'DELETE FROM pushers WHERE user_id = ? AND app_id = ? AND pushkey = ?',
      values: [userId, appId, pushkey],
    }
  }

  /** The same app on the same device, under another account. */
  removeOfOthers(userId: UserId, appId: string, pushkey: string): Statement {
    return {
      sql: 'DELETE FROM pushers WHERE user_id <> ? AND app_id = ? AND pushkey = ?',
      values: [userId, appId, pushkey],
    }
  }

  removeAll(userId: UserId): Statement {
    return { sql: 'DELETE FROM pushers WHERE user_id = ?', values: [userId] }
  }
}
