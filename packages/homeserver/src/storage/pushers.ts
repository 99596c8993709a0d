/**
 * Where users want to be notified. Client-server API, "Push Notifications".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Row, Statement } from './database.ts'
import { stillCounts } from './room-states.ts'

/** A pusher as it was set, but for what only the setting needs. */
export type Pusher = Readonly<Record<string, unknown>>

export interface StoredPusher {
  readonly userId: UserId
  readonly deviceId: string
  readonly appId: string
  readonly pushkey: string
  readonly pusher: Pusher
  /** When it was last set. Milliseconds since 1970. */
  readonly setAt: number
  /** Up to this position of the timeline it was told of everything. */
  readonly position: number
}

/** What a pusher is known by. */
export type PusherKey = Pick<StoredPusher, 'userId' | 'appId' | 'pushkey'>

/** Of one user: more than anybody has. */
export const maxPushers = 1_000

export class Pushers {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  of(userId: UserId): StoredPusher[] {
    if (!this.#areAny()) return []
    return this.#database
      .all('SELECT * FROM pushers WHERE user_id = ? ORDER BY set_at, app_id, pushkey LIMIT ?', userId, maxPushers)
      .map(pusherOf)
  }

  find({ userId, appId, pushkey }: PusherKey): StoredPusher | undefined {
    const row = this.#database.get(
      'SELECT * FROM pushers WHERE user_id = ? AND app_id = ? AND pushkey = ?',
      userId,
      appId,
      pushkey,
    )
    return row && pusherOf(row)
  }

  /** Everybody who has one. */
  users(): UserId[] {
    return this.#database.all('SELECT DISTINCT user_id FROM pushers').map(row => row['user_id'] as UserId)
  }

  /** Those who have one and are in a room, or invited to it. */
  usersIn(roomId: string): UserId[] {
    if (!this.#areAny()) return []
    return this.#database
      .all(
        `SELECT DISTINCT user_id FROM pushers JOIN room_state ON type = 'm.room.member' AND state_key = user_id AND room_id = ?
          WHERE to_position = ? AND membership IN ('join', 'invite')`,
        roomId,
        stillCounts,
      )
      .map(row => row['user_id'] as UserId)
  }

  /** Asked with everything that happens in a room, and where nobody has an app that is pushed to, there is none. */
  #areAny(): boolean {
    const row = this.#database.getOften('pushers', 'SELECT EXISTS (SELECT 1 FROM pushers WHERE user_id > ?) AS are', '')
    return row?.['are'] === 1
  }

  /** @param pusher one that is there already stays where it is */
  set({ userId, deviceId, appId, pushkey, pusher, setAt, position }: StoredPusher): Statement {
    return {
      sql: `INSERT INTO pushers VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET device_id = excluded.device_id, pusher = excluded.pusher, set_at = excluded.set_at`,
      values: [userId, appId, pushkey, deviceId, JSON.stringify(pusher), setAt, position],
    }
  }

  /** It was told of everything up to a position. */
  reached({ userId, appId, pushkey }: PusherKey, position: number): Statement {
    return {
      sql: 'UPDATE pushers SET position = ? WHERE user_id = ? AND app_id = ? AND pushkey = ? AND position < ?',
      values: [position, userId, appId, pushkey, position],
    }
  }

  remove({ userId, appId, pushkey }: PusherKey): Statement {
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

function pusherOf(row: Row): StoredPusher {
  return {
    userId: row['user_id'] as UserId,
    deviceId: row['device_id'] as string,
    appId: row['app_id'] as string,
    pushkey: row['pushkey'] as string,
    pusher: JSON.parse(row['pusher'] as string),
    setAt: row['set_at'] as number,
    position: row['position'] as number,
  }
}
