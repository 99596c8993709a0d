/**
 * Takes away, now and then, what nobody needs any more: requests with a transaction ID that no client tries again.
 */
import type { ClientContext } from './context.ts'
import { transactionsKeptFor } from './transactions.ts'

/** Milliseconds: what is over takes little room until then. */
const interval = 60 * 60 * 1_000

/** @returns stops it */
export function startTidying(
  { runtime, database, tables }: ClientContext,
  onError: (error: unknown) => void,
): () => void {
  const tidy = () => {
    const before = runtime.clock.now() - transactionsKeptFor
    database.write(tables.clientTransactions.forgetBefore(before)).catch(onError)
    timer = runtime.timers.setTimer(interval, tidy)
  }
  let timer = runtime.timers.setTimer(interval, tidy)
  return () => timer.cancel()
}
