/**
 * Requests with a transaction ID that were done, with their answers. Client-server API, "Transaction identifiers".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Statement } from './database.ts'

/** What makes a request the same as another. */
export interface ClientTransaction {
  readonly userId: UserId
  readonly deviceId: string
  /** The endpoint and what else its path names. */
  readonly request: string
  readonly transactionId: string
}

export class ClientTransactions {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  answerTo({ userId, deviceId, request, transactionId }: ClientTransaction): unknown {
    const row = this.#database.get<{ answer: string }>(
      'SELECT answer FROM client_transactions WHERE user_id = ? AND device_id = ? AND request = ? AND transaction_id = ?',
      userId,
      deviceId,
      request,
      transactionId,
    )
    return row === undefined ? undefined : JSON.parse(row.answer)
  }

  /** Fails the whole write where the request was done before. */
  done({ userId, deviceId, request, transactionId }: ClientTransaction, answer: unknown, at: number): Statement {
    return {
      sql: 'INSERT INTO client_transactions VALUES (?, ?, ?, ?, ?, ?)',
      values: [userId, deviceId, request, transactionId, JSON.stringify(answer), at],
    }
  }

  forgetBefore(at: number): Statement {
    return { sql: 'DELETE FROM client_transactions WHERE done_at < ?', values: [at] }
  }
}
