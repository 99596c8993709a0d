/**
 * Runs something for each of many points.
 */

/** Runs at the same time: as many as the smallest machine has processors. */
const atOnce = 2

/** Some at a time. The first failure ends it, with the point. @returns how many of the points were reached */
export async function each(
  points: readonly number[],
  note: (done: number, of: number) => void,
  run: (point: number) => Promise<unknown>,
): Promise<number> {
  const left = [...points]
  let done = 0
  let reached = 0
  const worker = async () => {
    for (let point = left.shift(); point !== undefined; point = left.shift()) {
      try {
        if ((await run(point)) !== false) reached++
      } catch (error) {
        left.length = 0
        throw new Error(`at point ${point}: ${(error as Error).message}`, { cause: error })
      }
      note(++done, points.length)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return reached
}
