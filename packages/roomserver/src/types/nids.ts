/**
 * Numeric IDs (NIDs): what rooms, events, types and state keys are called inside. 0 means "none" everywhere; no NID ever
 * leaves the API; none is ever used twice, not after a purge, a collection or a crash.
 *
 * Events, snapshots and blocks are numbered within their room: such a NID is the room's NID times 2^28 plus a local number
 * from 1 up. So every row of a room lies in one range of its table's primary key, local numbers are small and rise in the
 * order of insertion, and an event's auth events always have smaller ones (they are stored first).
 */

declare const kind: unique symbol
type Nid<Kind extends string> = number & { readonly [kind]: Kind }

export type RoomNid = Nid<'room'>
export type EventNid = Nid<'event'>
export type EventTypeNid = Nid<'event type'>
export type StateKeyNid = Nid<'state key'>
export type StateSnapshotNid = Nid<'state snapshot'>
export type StateBlockNid = Nid<'state block'>
export type QueueRowNid = Nid<'queue row'>

/** NIDs that are numbered within a room. */
export type InRoomNid = EventNid | StateSnapshotNid | StateBlockNid

/** Local numbers in a room: 1 to 2^28 - 1, some 268 million of each kind. */
const localBits = 28
export const maxLocalNumber = 2 ** localBits - 1
/** Rooms: with their 28 bits of local numbers they fill the safe integers. */
export const maxRoomNid = 2 ** (53 - localBits) - 1

/** No room, event, snapshot (the empty state), block. */
export const none = 0

/** @throws {RangeError} where the room has used up its numbers */
export function inRoom<N extends InRoomNid>(room: RoomNid, local: number): N {
  if (!(local >= 1 && local <= maxLocalNumber))
    throw new RangeError(`room NID ${room}: local number ${local} is out of range`)
  return (room * 2 ** localBits + local) as N
}

/** The local number of a NID: what state blocks store. 0 for none. */
export function localOf(nid: InRoomNid | typeof none): number {
  return nid % 2 ** localBits
}

/** The room that a NID belongs to. */
export function roomOf(nid: InRoomNid): RoomNid {
  return Math.floor(nid / 2 ** localBits) as RoomNid
}

/** The lowest NID above all of a room: with `inRoom(room, 1)` the range of its rows. */
export function afterRoom(room: RoomNid): number {
  return (room + 1) * 2 ** localBits
}
