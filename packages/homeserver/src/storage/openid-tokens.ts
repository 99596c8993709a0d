/**
 * Tokens by which a user shows to others who they are, by their SHA-256. Client-server API, "OpenID".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Statement } from './database.ts'

export class OpenIdTokens {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Whose it is; undefined where it is not known or over. For the federation's `/openid/userinfo`. */
  userOf(hash: Uint8Array, now: number): UserId | undefined {
    const row = this.#database.get<{ user_id: string }>(
      'SELECT user_id FROM openid_tokens WHERE hash = ? AND expires_at > ?',
      hash,
      now,
    )
    return row?.user_id as UserId | undefined
  }

  add(hash: Uint8Array, userId: UserId, expiresAt: number): Statement {
    return { sql: 'INSERT INTO openid_tokens VALUES (?, ?, ?)', values: [hash, userId, expiresAt] }
  }

  removeExpired(now: number): Statement {
    return { sql: 'DELETE FROM openid_tokens WHERE expires_at <= ?', values: [now] }
  }
}
