/**
 * The newest events of a room that /sync tells of. Client-server API, "Syncing", `limited` and `prev_batch`.
 */
import type { TimelineRow } from '../../storage/timeline.ts'
import { eventPredicate } from '../events/event-filter.ts'
import { visibleOf } from '../events/visible.ts'
import type { SyncLook } from './look.ts'

export interface TimelineWindow {
  /** Oldest first. */
  readonly rows: readonly TimelineRow[]
  /** There are older ones that the client does not know. */
  readonly limited: boolean
  /** The first position of the window: what was before is not in it. */
  readonly start: number
}

/** The specification names none; this is what clients expect. */
const defaultLimit = 10
const maxLimit = 1_000
/** Rows read at once. */
const batch = 100
/** Rows looked at: beyond that the timeline is said to be limited. */
const maxLookedAt = 2_000

/**
 * @param above positions up to this one are known to the client
 * @param upTo where the window ends
 */
export async function timelineWindow(
  look: SyncLook,
  roomId: string,
  above: number,
  upTo: number,
): Promise<TimelineWindow> {
  const { context, caller, filter, ignored } = look
  const { timeline } = context.tables
  const wanted = eventPredicate(filter.room?.timeline)
  const limit = Math.min(filter.room?.timeline?.limit ?? defaultLimit, maxLimit)
  const isWanted = (row: TimelineRow) => wanted(row) && !(row.stateKey === undefined && ignored.has(row.sender))
  const found: TimelineRow[] = []
  let place = upTo
  for (let looked = 0; ; ) {
    const rows = timeline.backwards(roomId, above, place, batch)
    looked += rows.length
    // What lies before a gap is behind it: the client asks for it, and for the gap.
    const gap = rows.findIndex(({ isAfterGap }) => isAfterGap)
    const whole = gap === -1 ? rows : rows.slice(0, gap + 1)
    found.push(...(await visibleOf(context, roomId, caller.userId, whole.filter(isWanted))))
    const last = rows.at(-1)
    if (found.length > limit) return windowOf(found.slice(0, limit), true, upTo)
    if (gap !== -1) return windowOf(found, true, upTo)
    // Of a room that is new to the client all but the beginning lies behind something.
    if (last === undefined || rows.length < batch)
      return windowOf(found, above <= 0 && found.at(-1)?.type !== 'm.room.create', upTo)
    if (looked >= maxLookedAt) return windowOf(found, true, upTo)
    place = last.position - 1
  }
}

function windowOf(newestFirst: readonly TimelineRow[], limited: boolean, upTo: number): TimelineWindow {
  const rows = newestFirst.toReversed()
  return { rows, limited, start: rows[0]?.position ?? upTo + 1 }
}
