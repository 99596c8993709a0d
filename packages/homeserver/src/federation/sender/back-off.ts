/**
 * How long a server that fails is left alone: twice as long with every failure, and a little by chance, so that not all are tried at once.
 */
import type { Randomness } from '@neurite/roomserver/runtime'

/** After the first failure, and at most. Milliseconds. */
export const firstWait = 2_000
export const longestWait = 3_600_000
/** Which part of the time is left to chance: a fifth. */
const chancePart = 5

/** @param failures in a row, at least one. @param asked by the server itself (`Retry-After`), in milliseconds */
export function waitAfter(failures: number, asked: number | undefined, randomness: Randomness): number {
  const doubled = Math.min(longestWait, firstWait * 2 ** Math.min(failures - 1, 30))
  const spread = randomness.nextInt(Math.floor(doubled / chancePart))
  return Math.max(doubled - spread, Math.min(asked ?? 0, longestWait))
}
