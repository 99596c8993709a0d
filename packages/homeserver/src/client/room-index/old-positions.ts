/**
 * Places in the timeline for history that is fetched later: in the gap that it fills, before the event after the gap. It comes in no order
 * that anybody could rely on, so within the gap depth decides; what has the same depth stands in the order in which it came.
 */
import type { Timeline } from '../../storage/timeline.ts'
import type { EventJson } from '../events/event-json.ts'

/** Places between two outputs. The highest position is 2^53: that lasts for 8 thousand million outputs. */
export const spacing = 2 ** 20
/** Places of one depth: branches of a room side by side. So a gap has room for 65,536 depths. */
const perDepth = 16

interface Place {
  readonly position: number
  readonly depth: number
}

export class OldPositions {
  readonly #timeline: Timeline
  /** What this page has given out and is not in the table yet, by room. */
  readonly #given = new Map<string, Set<number>>()
  readonly #gaps = new Map<string, Place[]>()

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  /** @param isAfterGap something before this event is missing as well */
  next(roomId: string, { depth }: Pick<EventJson, 'depth'>, isAfterGap: boolean): number {
    const given = this.#given.get(roomId) ?? new Set()
    this.#given.set(roomId, given)
    const after = this.#anchor(roomId, depth)
    const lowest = (Math.ceil(after.position / spacing) - 1) * spacing + 1
    let position = Math.max(lowest, after.position - Math.max(1, after.depth - depth) * perDepth)
    while (given.has(position) || this.#isTaken(roomId, position)) position++
    given.add(position)
    if (isAfterGap) this.#gapsOf(roomId).push({ position, depth })
    return position
  }

  /** The event that it stands before: the least deep after a gap that is deeper; else whatever the room begins with. */
  #anchor(roomId: string, depth: number): Place {
    const deeper = this.#gapsOf(roomId).filter(gap => gap.depth > depth)
    const [first] = this.#timeline.forwards(roomId, 0, Number.MAX_SAFE_INTEGER, 1)
    return deeper.sort((a, b) => a.depth - b.depth)[0] ?? first ?? { position: spacing, depth: depth + 1 }
  }

  #gapsOf(roomId: string): Place[] {
    let gaps = this.#gaps.get(roomId)
    if (gaps === undefined) {
      gaps = this.#timeline.afterGaps(roomId)
      this.#gaps.set(roomId, gaps)
    }
    return gaps
  }

  #isTaken(roomId: string, position: number): boolean {
    return this.#timeline.forwards(roomId, position - 1, position, 1).length > 0
  }
}
