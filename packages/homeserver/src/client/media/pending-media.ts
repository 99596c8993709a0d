/**
 * Waiting for content that was promised: a media ID was given out, and its file is still to come. Client-server API, "Asynchronous
 * uploads".
 */
import type { Timers } from '@neurite/roomserver/runtime'

export class PendingMedia {
  readonly #timers: Timers
  readonly #waiting = new Map<string, Set<() => void>>()

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** The content of a media ID of this server is there. */
  arrived(mediaId: string): void {
    for (const wake of this.#waiting.get(mediaId) ?? []) wake()
  }

  /** Resolves when it is there, the time is over, or nobody waits any longer. @param ms milliseconds */
  async wait(mediaId: string, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const over = Promise.withResolvers<void>()
    const wake = () => over.resolve()
    const timer = this.#timers.setTimer(ms, wake)
    const waiting = this.#waiting.get(mediaId) ?? new Set()
    this.#waiting.set(mediaId, waiting.add(wake))
    signal.addEventListener('abort', wake, { once: true })
    await over.promise
    signal.removeEventListener('abort', wake)
    timer.cancel()
    waiting.delete(wake)
    if (waiting.size === 0) this.#waiting.delete(mediaId)
  }
}
