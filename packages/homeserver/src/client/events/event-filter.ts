/**
 * Which events a filter lets through, told by their rows. Client-server API, "Filtering".
 */
import { compileGlob, globMatches } from '@neurite/protocol'
import type { TimelineRow } from '../../storage/timeline.ts'
import type { RoomEventFilter } from '../filters/filter-schema.ts'

type Filtered = Pick<TimelineRow, 'type' | 'sender' | 'hasUrl'>

export function eventPredicate(filter: RoomEventFilter = {}): (row: Filtered) => boolean {
  const { types, not_types, senders, not_senders, contains_url } = filter
  const isType = types === undefined ? undefined : types.map(typePattern)
  const isNotType = (not_types ?? []).map(typePattern)
  return ({ type, sender, hasUrl }) =>
    (isType?.some(fits => fits(type)) ?? true) &&
    !isNotType.some(fits => fits(type)) &&
    (senders?.includes(sender) ?? true) &&
    !(not_senders?.includes(sender) ?? false) &&
    (contains_url === undefined || contains_url === hasUrl)
}

/** Whether a filter lets a room through. */
export function isRoomWanted(
  filter: Pick<RoomEventFilter, 'rooms' | 'not_rooms'> | undefined,
  roomId: string,
): boolean {
  const { rooms, not_rooms } = filter ?? {}
  return (rooms?.includes(roomId) ?? true) && !(not_rooms?.includes(roomId) ?? false)
}

/** `*` stands for any characters. */
function typePattern(pattern: string): (type: string) => boolean {
  const glob = compileGlob(pattern)
  return type => globMatches(glob, type)
}
