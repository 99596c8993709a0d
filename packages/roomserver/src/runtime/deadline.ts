/**
 * Work that is given up when it takes too long.
 */
import type { Timers } from './timers.ts'

/** The work did not end in time. */
export class DeadlineExceeded extends Error {
  readonly milliseconds: number
  constructor(milliseconds: number) {
    super(`not done within ${milliseconds} ms`)
    this.name = 'DeadlineExceeded'
    this.milliseconds = milliseconds
  }
}

/**
 * Runs work with a signal that is aborted when the time is up, or when the outer signal is. The caller goes on at that
 * moment, whether the work heeds its signal or not.
 * @throws {DeadlineExceeded} when the time is up; the outer signal's reason; what the work throws
 */
export async function withDeadline<T>(
  timers: Timers,
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  outer?.throwIfAborted()
  const inner = new AbortController()
  const givenUp = Promise.withResolvers<never>()
  const giveUp = (reason: unknown) => {
    givenUp.reject(reason)
    inner.abort(reason)
  }
  const outerAborted = () => giveUp(outer?.reason)
  outer?.addEventListener('abort', outerAborted, { once: true })
  const timer = timers.setTimer(milliseconds, () => giveUp(new DeadlineExceeded(milliseconds)))
  try {
    // Racing also takes note of a work that fails after it was given up.
    return await Promise.race([work(inner.signal), givenUp.promise])
  } finally {
    timer.cancel()
    outer?.removeEventListener('abort', outerAborted)
  }
}
