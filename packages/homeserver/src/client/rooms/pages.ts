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
  /** Told of the event after a gap before the page goes on beyond it, backwards: it may fill the gap. */
  readonly atGap?: (afterGap: TimelineRow) => Promise<void>
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
  const { roomId, userId, direction, to, limit, atGap } = wish
  const isWanted = eventPredicate(wish.filter)
  const found: TimelineRow[] = []
  let place = wish.from
  if (direction === 'b' && atGap !== undefined) {
    // The page before may have ended at a gap.
    const [newer] = timeline.forwards(roomId, place, Number.MAX_SAFE_INTEGER, 1)
    if (newer?.isAfterGap === true) await atGap(newer)
  }
  for (let looked = 0; looked < maxLookedAt; ) {
    const { rows, gap } = nextRows(context, wish, place)
    looked += rows.length
    for (const row of await visibleOf(context, roomId, userId, rows.filter(isWanted))) {
      found.push(row)
      if (found.length === limit) return { rows: found, end: beyond(row, direction), isOver: false }
    }
    const last = rows.at(-1)
    if (last !== undefined) place = beyond(last, direction)
    if (gap !== undefined && gap.position > to) await atGap?.(gap)
    else if (rows.length < batch) return { rows: found, end: place, isOver: true }
  }
  return { rows: found, end: place, isOver: false }
}

/** Some rows from a place on, up to a gap where somebody wants to be told of it. */
function nextRows(
  { tables }: ClientContext,
  { roomId, direction, to, atGap }: PageWish,
  place: number,
): { readonly rows: TimelineRow[]; readonly gap: TimelineRow | undefined } {
  if (direction === 'f') return { rows: tables.timeline.forwards(roomId, place, to, batch), gap: undefined }
  const rows = tables.timeline.backwards(roomId, to, place, batch)
  const at = atGap === undefined ? -1 : rows.findIndex(({ isAfterGap }) => isAfterGap)
  return at === -1 ? { rows, gap: undefined } : { rows: rows.slice(0, at + 1), gap: rows[at] }
}

/** The place behind an event, seen from where the page came. */
function beyond({ position }: TimelineRow, direction: 'b' | 'f'): number {
  return direction === 'b' ? position - 1 : position
}
