/**
 * The clock, for durations that people are shown. Nothing that decides anything reads it.
 */

/** Milliseconds since some moment in the past; never goes back. */
export function monotonicMilliseconds(): number {
  return performance.now()
}
