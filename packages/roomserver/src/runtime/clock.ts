/**
 * What time it is. Only `runtime/` reads the machine's clock; all other code is given this.
 */
export interface Clock {
  /** Milliseconds since 1970, by the machine's word: may jump, either way. For what is stored or shown. */
  now(): number
  /** Milliseconds since some moment in the past; never goes back. For durations. */
  monotonic(): number
}
