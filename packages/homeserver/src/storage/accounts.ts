/**
 * Accounts of local users. As everywhere in this folder: what is read is there at once; what changes something is a statement, for
 * the caller to write together with others as one transaction.
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Statement } from './database.ts'

export interface Account {
  readonly userId: UserId
  /** As `client/passwords.ts` writes it; null where nobody can log in by password. */
  readonly passwordHash: string | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly isAdmin: boolean
  readonly isLocked: boolean
  readonly isSuspended: boolean
  /** Undefined while it is in use. */
  readonly deactivatedAt: number | undefined
  readonly isErased: boolean
}

interface AccountRow extends Record<string, null | number | string> {
  user_id: string
  password_hash: string | null
  created_at: number
  is_admin: number
  is_locked: number
  is_suspended: number
  deactivated_at: number | null
  is_erased: number
}

export class Accounts {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  find(userId: string): Account | undefined {
    const row = this.#database.getOften<AccountRow>('accounts', 'SELECT * FROM accounts WHERE user_id = ?', userId)
    if (row === undefined) return undefined
    return {
      userId: row.user_id as UserId,
      passwordHash: row.password_hash,
      createdAt: row.created_at,
      isAdmin: row.is_admin === 1,
      isLocked: row.is_locked === 1,
      isSuspended: row.is_suspended === 1,
      deactivatedAt: row.deactivated_at ?? undefined,
      isErased: row.is_erased === 1,
    }
  }

  /** Changes no row where there is an account of that name, in use or not: names are never given twice. */
  create(userId: UserId, passwordHash: string | null, isAdmin: boolean, createdAt: number): Statement {
    return {
      sql: 'INSERT INTO accounts (user_id, password_hash, is_admin, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      values: [userId, passwordHash, isAdmin ? 1 : 0, createdAt],
    }
  }

  setPassword(userId: UserId, passwordHash: string): Statement {
    return { sql: 'UPDATE accounts SET password_hash = ? WHERE user_id = ?', values: [passwordHash, userId] }
  }

  /** Nobody can log in any more, ever. */
  deactivate(userId: UserId, isErased: boolean, at: number): Statement {
    return {
      sql: 'UPDATE accounts SET password_hash = NULL, deactivated_at = ?, is_erased = ?, is_admin = 0 WHERE user_id = ?',
      values: [at, isErased ? 1 : 0, userId],
    }
  }

  setLocked(userId: UserId, isLocked: boolean): Statement {
    return { sql: 'UPDATE accounts SET is_locked = ? WHERE user_id = ?', values: [isLocked ? 1 : 0, userId] }
  }

  setSuspended(userId: UserId, isSuspended: boolean): Statement {
    return { sql: 'UPDATE accounts SET is_suspended = ? WHERE user_id = ?', values: [isSuspended ? 1 : 0, userId] }
  }
}
