/**
 * Account data of local users, of a room or of none, and what they have changed of the push rules: one stream of changes.
 * Client-server API, "Client Config", "Room Tagging", "Push Rules".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Row, Statement } from './database.ts'
import { raised } from './streams.ts'

/** Account data that is of no room. */
export const noRoom = ''

export type JsonContent = Readonly<Record<string, unknown>>

/** One piece of account data, as it has become. */
export interface AccountDataChange {
  /** {@link noRoom} where it is of none. */
  readonly roomId: string
  readonly type: string
  readonly content: JsonContent
}

/** Pieces that are read at once; a first /sync takes all of them. */
const maxPieces = 100_000

export class AccountData {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  find(userId: UserId, roomId: string, type: string): JsonContent | undefined {
    const row = this.#database.get(
      'SELECT content FROM account_data WHERE user_id = ? AND room_id = ? AND type = ?',
      userId,
      roomId,
      type,
    )
    return row === undefined ? undefined : JSON.parse(row['content'] as string)
  }

  /** What changed after a position, up to another: each piece once, as it is now. */
  changes(userId: UserId, after: number, upTo: number): AccountDataChange[] {
    return this.#database
      .all(
        `SELECT room_id, type, content FROM account_data
          WHERE user_id = ? AND position > ? AND position <= ? ORDER BY position LIMIT ?`,
        userId,
        after,
        upTo,
        maxPieces,
      )
      .map(changeOf)
  }

  /** A change of the stream `account_data`. */
  set(userId: UserId, roomId: string, type: string, content: JsonContent): Statement {
    return {
      sql: `INSERT OR REPLACE INTO account_data VALUES (?, ?, ?, ?, ${raised('account_data')})`,
      values: [userId, roomId, type, JSON.stringify(content)],
    }
  }

  /** What a user has changed of the push rules, and the position of the last change; undefined: nothing yet. */
  pushRuleChanges(userId: UserId): { readonly changes: unknown; readonly position: number } | undefined {
    const row = this.#database.get('SELECT changes, position FROM push_rules WHERE user_id = ?', userId)
    if (row === undefined) return undefined
    return { changes: JSON.parse(row['changes'] as string), position: row['position'] as number }
  }

  /** A change of the stream `account_data`. */
  setPushRuleChanges(userId: UserId, changes: unknown): Statement {
    return {
      sql: `INSERT OR REPLACE INTO push_rules VALUES (?, ?, ${raised('account_data')})`,
      values: [userId, JSON.stringify(changes)],
    }
  }

  removeAll(userId: UserId): Statement[] {
    return [
      { sql: 'DELETE FROM account_data WHERE user_id = ?', values: [userId] },
      { sql: 'DELETE FROM push_rules WHERE user_id = ?', values: [userId] },
    ]
  }
}

function changeOf(row: Row): AccountDataChange {
  return {
    roomId: row['room_id'] as string,
    type: row['type'] as string,
    content: JSON.parse(row['content'] as string),
  }
}
