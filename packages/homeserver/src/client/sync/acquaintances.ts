/**
 * Whom the user has met or lost sight of in their rooms, and so whose keys a client should ask for again, and whose it may forget.
 * Client-server API, "Tracking the device list for a user".
 */

import { changedKeys } from '../keys/keys-changes.ts'
import { sharersOf } from '../presence/presence-content.ts'
import type { SyncLook } from './look.ts'
import type { RoomsOfUser } from './rooms-of-user.ts'

export interface DeviceLists {
  readonly changed: readonly string[]
  readonly left: readonly string[]
}

export interface Acquaintances {
  readonly deviceLists: DeviceLists
  /** Users who share a room with the caller since then, as far as they did not before in that room. */
  readonly met: readonly string[]
}

/** Users of one room that are named: those of larger rooms are asked for when they write. */
const maxMembers = 10_000

export async function acquaintancesOf(look: SyncLook, { joined, left }: RoomsOfUser): Promise<Acquaintances> {
  const { context, caller, since, upTo } = look
  // A client that knows nothing yet asks for everybody.
  if (since === undefined) return { deviceLists: { changed: [], left: [] }, met: [] }
  const { roomStates } = context.tables
  const met = new Set<string>()
  const gone = new Set<string>()
  const membersOf = (roomId: string, position: number) =>
    roomStates.members(roomId, 'join', position, maxMembers).map(({ stateKey }) => stateKey)
  for (const { roomId, isNew } of joined) {
    if (isNew) for (const userId of membersOf(roomId, upTo.rooms)) met.add(userId)
    if (isNew || !context.rooms.hasMoved(roomId, since.rooms)) continue
    for (const { type, stateKey, membership } of roomStates.changes(roomId, since.rooms, upTo.rooms)) {
      if (type !== 'm.room.member') continue
      const wasIn = roomStates.entryAt(roomId, type, stateKey, since.rooms)?.membership === 'join'
      if (membership === 'join' && !wasIn) met.add(stateKey)
      if (membership !== 'join' && wasIn) gone.add(stateKey)
    }
  }
  for (const { roomId, from } of left)
    if (roomStates.entryAt(roomId, 'm.room.member', caller.userId, since.rooms)?.membership === 'join')
      for (const userId of membersOf(roomId, from)) gone.add(userId)
  gone.delete(caller.userId)
  const still = new Set(await sharersOf(context, caller.userId, [...gone]))
  const changed = new Set<string>([
    ...(await changedKeys(context, caller.userId, since.streams.device_lists, upTo.streams.device_lists)),
    ...met,
  ])
  return {
    deviceLists: { changed: [...changed], left: [...gone].filter(userId => !still.has(userId)) },
    met: [...met].filter(userId => userId !== caller.userId),
  }
}
