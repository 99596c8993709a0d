/**
 * Requests with a transaction ID are done once: who sends the same again gets the first one's answer. Client-server API, "Transaction
 * identifiers".
 */
import type { Statement } from '../storage/database.ts'
import type { Caller } from './authenticate.ts'
import type { ClientContext } from './context.ts'

/** What tells requests apart, besides who sends them. */
export interface TransactionName {
  /** The endpoint and what else its path names. */
  readonly request: string
  readonly transactionId: string
}

/** How long a client may try again after its first try. Milliseconds. */
export const transactionsKeptFor = 24 * 60 * 60 * 1_000

/**
 * @param work is given what remembers the answer: a statement, to be written in the transaction of the work itself
 */
export async function once<T>(
  { tables, turns, runtime }: ClientContext,
  { userId, session }: Caller,
  { request, transactionId }: TransactionName,
  work: (done: (answer: T) => Statement) => Promise<T>,
): Promise<T> {
  const transaction = { userId, deviceId: session, request, transactionId }
  return turns.take(`transaction ${JSON.stringify(transaction)}`, async () => {
    const before = tables.clientTransactions.answerTo(transaction)
    if (before !== undefined) return before as T
    return work(answer => tables.clientTransactions.done(transaction, answer, runtime.clock.now()))
  })
}
