/**
 * All that code needs from the world besides storage and other servers: a clock, timers, chance. The server runs on
 * Node's own ({@link nodeRuntime}), the simulator and tests on virtual ones ({@link SimulatedRuntime}).
 */
import type { Clock } from './clock.ts'
import type { Randomness } from './randomness.ts'
import type { Timers } from './timers.ts'

export interface Runtime {
  readonly clock: Clock
  readonly timers: Timers
  readonly randomness: Randomness
}
