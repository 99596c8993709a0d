/**
 * Waiting. Only `runtime/` sets timers; all other code is given this.
 */
export interface Timers {
  /**
   * Waits.
   * @param ms not negative
   * @throws the signal's reason, at once, where it is aborted before the time has passed
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Runs something once, later. What it throws is nobody's to catch: it must not throw. */
  setTimer(ms: number, run: () => void): Timer
  /** Lets everything else that is ready run first: for long work that must not hold up the event loop. */
  yieldNow(): Promise<void>
}

export interface Timer {
  /** Nothing happens where it has run or been cancelled before. */
  cancel(): void
}

/** {@link Timers.sleep} for those who have {@link Timers.setTimer}. */
export function sleepBy(setTimer: Timers['setTimer'], ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const aborted = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = setTimer(ms, () => {
      signal?.removeEventListener('abort', aborted)
      resolve()
    })
    signal?.addEventListener('abort', aborted, { once: true })
  })
}
