/**
 * The real clock, timers and chance: Node's own.
 */
import { randomBytes, randomInt } from 'node:crypto'
import type { Runtime } from './runtime.ts'
import { sleepBy, type Timer } from './timers.ts'

/** Node turns longer delays into none at all. */
const longestDelay = 2 ** 31 - 1

export const nodeRuntime: Runtime = {
  clock: {
    now: () => Date.now(),
    monotonic: () => performance.now(),
  },
  timers: {
    sleep: (ms, signal) => sleepBy(setTimer, ms, signal),
    setTimer,
    yieldNow: () => new Promise(resolve => setImmediate(resolve)),
  },
  randomness: {
    nextInt: limit => randomInt(limit),
    bytes: count => new Uint8Array(randomBytes(count)),
  },
}

function setTimer(ms: number, run: () => void): Timer {
  const end = performance.now() + ms
  let handle: NodeJS.Timeout
  const wait = (left: number) => {
    handle = left > longestDelay ? setTimeout(() => wait(end - performance.now()), longestDelay) : setTimeout(run, left)
  }
  wait(ms)
  return { cancel: () => clearTimeout(handle) }
}
