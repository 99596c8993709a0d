/**
 * Pages of a room's timeline as a user may see them: filtered, and judged by history visibility. Looks on until the page is full, or
 * until it has looked at so much that the client had better ask again.
 */
import type { TimelineRow } from '../../storage/timeline.ts'
import type { ClientContext } from '../context.ts'
import { eventPredicate } from '../events/event-filter.ts'
import { visibleOf } from '../events/visible.ts'
import type { RoomEventFilter } from '../filters/filter-schema.ts'

/** Rows read at once. */
const batch = 100
/** Rows looked at for one page: a filter that lets little through must not walk over a whole room. */
const maxLookedAt = 5_000

export interface PageWish {
  readonly roomId: string
  readonly userId: string
  readonly direction: 'b' | 'f'
  /** The place to go from. */
  readonly from: number
  /** Where to stop: towards the newest, or towards the oldest. */
  readonly to: number
  readonly limit: number
  readonly filter: RoomEventFilter | undefined
}

export interface Page {
  readonly rows: readonly TimelineRow[]
  /** The place to go on from. */
  readonly end: number
  /** There is nothing beyond it. */
  readonly isOver: boolean
}

export async function timelinePage(context: ClientContext, wish: PageWish): Promise<Page> {
  const { timeline } = context.tables
  const { roomId, userId, direction, to, limit } = wish
  const isWanted = eventPredicate(wish.filter)
  const found: TimelineRow[] = []
  let place = wish.from
  for (let looked = 0; looked < maxLookedAt; ) {
    const rows =
      direction === 'b' ? timeline.backwards(roomId, to, place, batch) : timeline.forwards(roomId, place, to, batch)
    looked += rows.length
    for (const row of await visibleOf(context, roomId, userId, rows.filter(isWanted))) {
      found.push(row)
      if (found.length === limit) return { rows: found, end: beyond(row, direction), isOver: false }
    }
    const last = rows.at(-1)
    if (last !== undefined) place = beyond(last, direction)
    if (rows.length < batch) return { rows: found, end: place, isOver: true }
  }
  return { rows: found, end: place, isOver: false }
}

/** The place behind an event, seen from where the page came. */
function beyond({ position }: TimelineRow, direction: 'b' | 'f'): number {
  return direction === 'b' ? position - 1 : position
}
