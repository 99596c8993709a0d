/**
 * Events near a time, out of rows that are at hand: which ones count, and in which order. In databases an index does this.
 */
import type { Direction, EventRow } from './rows.ts'

/** Accepted events that are no outliers, from a time on in one direction; as {@link Reader.eventsNear}. */
export function nearest(rows: Iterable<EventRow>, timestamp: number, direction: Direction, limit: number): EventRow[] {
  const sign = direction === 'forwards' ? 1 : -1
  const counts = ({ status, outlier }: EventRow) => status === 'accepted' && !outlier
  const those = [...rows].filter(row => counts(row) && sign * (row.timestamp - timestamp) >= 0)
  return those.sort((a, b) => sign * (a.timestamp - b.timestamp || a.event - b.event)).slice(0, limit)
}
