/**
 * Messages that wait for a device to take them. Client-server API, "Send-to-Device messaging".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Statement } from './database.ts'
import { raised } from './streams.ts'

export interface ToDeviceEvent {
  readonly type: string
  readonly sender: string
  readonly content: Readonly<Record<string, unknown>>
}

export interface WaitingMessages {
  readonly events: readonly ToDeviceEvent[]
  /** Up to where they go; `upTo` where nothing more waits before it. */
  readonly position: number
}

export class ToDeviceMessages {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * What waits, oldest first. Messages of one position come together, so that a position tells which were taken: where more than the
   * limit share one, more than the limit come.
   */
  waiting(userId: UserId, deviceId: string, after: number, upTo: number, limit: number): WaitingMessages {
    const last = this.#database.get<{ position: number }>(
      `SELECT position FROM to_device_messages WHERE user_id = ? AND device_id = ? AND position > ? AND position <= ?
        ORDER BY position, message LIMIT 1 OFFSET ?`,
      userId,
      deviceId,
      after,
      upTo,
      limit - 1,
    )
    const position = last?.position ?? upTo
    const rows = this.#database.all<{ event: string }>(
      `SELECT event FROM to_device_messages WHERE user_id = ? AND device_id = ? AND position > ? AND position <= ?
        ORDER BY position, message`,
      userId,
      deviceId,
      after,
      position,
    )
    return { events: rows.map(({ event }) => JSON.parse(event)), position }
  }

  /** A change of the stream `to_device`. Nothing is kept for a device that is not there. */
  add(userId: UserId, deviceId: string, event: ToDeviceEvent): Statement {
    return {
      sql: `INSERT INTO to_device_messages (user_id, device_id, position, event)
        SELECT user_id, device_id, ${raised('to_device')}, ? FROM devices WHERE user_id = ? AND device_id = ?`,
      values: [JSON.stringify(event), userId, deviceId],
    }
  }

  /** The same for every device of a user. */
  addToAll(userId: UserId, event: ToDeviceEvent): Statement {
    return {
      sql: `INSERT INTO to_device_messages (user_id, device_id, position, event)
        SELECT user_id, device_id, ${raised('to_device')}, ? FROM devices WHERE user_id = ?`,
      values: [JSON.stringify(event), userId],
    }
  }

  /** They were delivered. */
  taken(userId: UserId, deviceId: string, upTo: number): Statement {
    return {
      sql: 'DELETE FROM to_device_messages WHERE user_id = ? AND device_id = ? AND position <= ?',
      values: [userId, deviceId, upTo],
    }
  }
}
