/**
 * Filters that clients have defined. The same definition gets the same ID. Client-server API, "Filtering".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Statement } from './database.ts'

export class Filters {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  find(userId: UserId, filterId: number): Readonly<Record<string, unknown>> | undefined {
    const row = this.#database.get<{ definition: string }>(
      'SELECT definition FROM filters WHERE user_id = ? AND filter_id = ?',
      userId,
      filterId,
    )
    return row === undefined ? undefined : JSON.parse(row.definition)
  }

  idOf(userId: UserId, hash: Uint8Array): number | undefined {
    return this.#database.get<{ filter_id: number }>(
      'SELECT filter_id FROM filters WHERE user_id = ? AND hash = ?',
      userId,
      hash,
    )?.filter_id
  }

  count(userId: UserId): number {
    return this.#database.get<{ count: number }>('SELECT COUNT(*) AS count FROM filters WHERE user_id = ?', userId)!
      .count
  }

  /** Its row has the `filter_id`; there is none where the definition is there already. */
  add(userId: UserId, definition: string, hash: Uint8Array): Statement {
    return {
      sql: `INSERT INTO filters
        SELECT ?, (SELECT COALESCE(MAX(filter_id) + 1, 0) FROM filters WHERE user_id = ?), ?, ? WHERE true
        ON CONFLICT DO NOTHING RETURNING filter_id`,
      values: [userId, userId, definition, hash],
    }
  }
}
