/** Waiting for what other processes do: they can only be asked, again and again. */
import { nodeRuntime } from '@neurite/roomserver/runtime'

/** Longer than a server that was away is left alone before it is tried again. Milliseconds. */
const patience = 30_000
const askAgainAfter = 50

/**
 * Waits until something holds, and returns what was found.
 * @param what a sentence that is true then; part of the error where it never is
 */
export async function until<T>(what: string, find: () => Promise<T | undefined | false>): Promise<T> {
  const { clock, timers } = nodeRuntime
  const end = clock.monotonic() + patience
  for (;;) {
    const found = await find()
    if (found !== undefined && found !== false) return found
    if (clock.monotonic() > end) throw new Error(`it never came to pass: ${what}`)
    await timers.sleep(askAgainAfter)
  }
}

/**
 * Does something again and again until it fails no more.
 * @throws what it failed with the last time
 */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const { clock, timers } = nodeRuntime
  const end = clock.monotonic() + patience
  for (;;)
    try {
      return await attempt()
    } catch (error) {
      if (clock.monotonic() > end) throw error
      await timers.sleep(askAgainAfter)
    }
}
