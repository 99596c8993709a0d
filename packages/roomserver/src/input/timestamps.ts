/**
 * An event's time as rows hold it.
 */
import type { RoomEvent } from '@neurite/protocol'

/**
 * The event's `origin_server_ts` brought into the safe integers: lenient room versions allow any, and what lies that far out is as far
 * away as can be.
 */
export function timestampOf({ originServerTs }: RoomEvent): number {
  if (originServerTs > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER
  if (originServerTs < Number.MIN_SAFE_INTEGER) return Number.MIN_SAFE_INTEGER
  // -0 is no other time than 0, and comes back from no database.
  return Number(originServerTs) + 0
}
