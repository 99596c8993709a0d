/**
 * A runtime in which time goes faster: timers ring early and the clock agrees with them. For replays and tests whose disk is real
 * and whose network is not.
 */
import type { Runtime } from './runtime.ts'

/** @param factor how many times faster than the runtime it is made of */
export function hastenedRuntime({ clock, timers, randomness }: Runtime, factor: number): Runtime {
  const begun = clock.monotonic()
  const passed = () => (clock.monotonic() - begun) * factor
  const start = clock.now()
  return {
    clock: { now: () => start + passed(), monotonic: passed },
    timers: {
      sleep: (ms, signal) => timers.sleep(ms / factor, signal),
      setTimer: (ms, run) => timers.setTimer(ms / factor, run),
      yieldNow: () => timers.yieldNow(),
    },
    randomness,
  }
}
