/**
 * In which part of /sync each room of a user stands. Client-server API, "Syncing", `rooms`.
 */
import type { UserMembership } from '../../storage/room-states.ts'
import { isRoomWanted } from '../events/event-filter.ts'
import type { SyncLook } from './look.ts'

export interface RoomsOfUser {
  readonly joined: readonly JoinedRoom[]
  /** Those that were left, or that the user was banned from, since the client was told last. */
  readonly left: readonly UserMembership[]
  /** Invites of rooms that this server is in. */
  readonly invited: readonly UserMembership[]
  readonly knocked: readonly UserMembership[]
}

export interface JoinedRoom {
  readonly roomId: string
  /** The client does not know it yet: it comes with all of its state. */
  readonly isNew: boolean
}

export function roomsOfUser(look: SyncLook): RoomsOfUser {
  const { context, caller, since, upTo, filter, fullState } = look
  const { roomStates } = context.tables
  const after = since?.rooms ?? 0
  const wantsLeft = (since === undefined || fullState) && filter.room?.include_leave === true
  const joined: JoinedRoom[] = []
  const left: UserMembership[] = []
  const invited: UserMembership[] = []
  const knocked: UserMembership[] = []
  for (const membership of roomStates.membershipsOf(caller.userId, upTo.rooms)) {
    const { roomId, from } = membership
    if (!isRoomWanted(filter.room, roomId)) continue
    const isNews = from > after
    switch (membership.membership) {
      case 'join': {
        const wasJoined = !isNews || (since !== undefined && wasIn(look, roomId, since.rooms))
        joined.push({ roomId, isNew: since === undefined || !wasJoined })
        break
      }
      case 'invite':
        if (isNews || fullState) invited.push(membership)
        break
      case 'knock':
        if (isNews || fullState) knocked.push(membership)
        break
      default:
        if (since !== undefined && isNews) left.push(membership)
        else if (wantsLeft) left.push(membership)
    }
  }
  return { joined, left, invited, knocked }
}

/** Whether the caller was in a room at a position. */
export function wasIn({ context, caller }: SyncLook, roomId: string, position: number): boolean {
  const entry = context.tables.roomStates.entryAt(roomId, 'm.room.member', caller.userId, position)
  return entry?.membership === 'join'
}
