/**
 * Profiles of local users, field by field. Client-server API, "Profiles".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Row, Statement } from './database.ts'

/** Fields that a profile may have as far as reading goes: writing holds it to 64 KiB, which is less. */
const maxFields = 32_768

export class Profiles {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** All fields with their values. */
  of(userId: UserId): Map<string, unknown> {
    const rows = this.#database.all(
      'SELECT field, value FROM profile_fields WHERE user_id = ? LIMIT ?',
      userId,
      maxFields,
    )
    return new Map(rows.map(row => [row['field'] as string, parsedValue(row)]))
  }

  /** Undefined where there is no such field. */
  field(userId: UserId, field: string): { readonly value: unknown } | undefined {
    const row = this.#database.get('SELECT value FROM profile_fields WHERE user_id = ? AND field = ?', userId, field)
    return row === undefined ? undefined : { value: parsedValue(row) }
  }

  set(userId: UserId, field: string, value: unknown): Statement {
    return {
      sql: 'INSERT OR REPLACE INTO profile_fields VALUES (?, ?, ?)',
      values: [userId, field, JSON.stringify(value)],
    }
  }

  remove(userId: UserId, field: string): Statement {
    return { sql: 'DELETE FROM profile_fields WHERE user_id = ? AND field = ?', values: [userId, field] }
  }

  removeAll(userId: UserId): Statement {
    return { sql: 'DELETE FROM profile_fields WHERE user_id = ?', values: [userId] }
  }
}

function parsedValue(row: Row): unknown {
  return JSON.parse(row['value'] as string)
}
