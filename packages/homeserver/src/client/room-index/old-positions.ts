/**
 * Places in the timeline for history that is fetched later. It comes in no order that anybody could rely on, so depth decides: all of
 * it stands below zero, the deeper the lower, and what has the same depth in the order in which it came.
 */
import type { Timeline } from '../../storage/timeline.ts'

/** Places of one depth: branches of a room side by side. */
const perDepth = 2 ** 20
/** Depths that are told apart: beyond it stands what lies about its depth. */
const maxDepth = 2 ** 31
const base = -(maxDepth + 1) * perDepth

export class OldPositions {
  readonly #timeline: Timeline
  /** Given out by this page, which is not in the table yet. */
  readonly #given = new Map<string, number>()

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  /** @param depth as the event says it */
  next(roomId: string, depth: number): number {
    const lowest = base + Math.min(Math.max(depth, 0), maxDepth) * perDepth
    const key = `${lowest} ${roomId}`
    const [highest] = this.#timeline.backwards(roomId, lowest - 1, lowest + perDepth - 1, 1)
    const position = (this.#given.get(key) ?? highest?.position ?? lowest - 1) + 1
    this.#given.set(key, position)
    return position
  }
}
