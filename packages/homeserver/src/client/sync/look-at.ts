/**
 * The answer of /sync out of its parts. Client-server API, "Syncing".
 */
import { changedAccountData } from './account-data.ts'
import { acquaintancesOf } from './acquaintances.ts'
import { openRooms } from './invited-rooms.ts'
import { joinedRoom } from './joined-room.ts'
import { leftRoom } from './left-room.ts'
import type { SyncEvent, SyncLook } from './look.ts'
import { presenceOf } from './presence.ts'
import { roomsOfUser } from './rooms-of-user.ts'
import { writeSyncToken } from './token.ts'

export interface SyncAnswer {
  readonly next_batch: string
  readonly rooms: Readonly<Record<'join' | 'leave' | 'invite' | 'knock', Readonly<Record<string, unknown>>>>
  readonly account_data: { readonly events: readonly unknown[] }
  readonly presence: { readonly events: readonly unknown[] }
  readonly to_device: { readonly events: readonly unknown[] }
  readonly device_lists: { readonly changed: readonly string[]; readonly left: readonly string[] }
  readonly device_one_time_keys_count: Readonly<Record<string, number>>
  readonly device_unused_fallback_key_types: readonly string[]
}

export interface Seen {
  readonly answer: SyncAnswer
  /** There is nothing in it but counts. */
  readonly isEmpty: boolean
  /** Rooms that the user is in. */
  readonly joined: ReadonlySet<string>
}

/** Messages to a device given at once: the next /sync has the others. */
const maxToDevice = 100

export async function lookAt(look: SyncLook): Promise<Seen> {
  const { upTo } = look
  const rooms = roomsOfUser(look)
  const accountData = changedAccountData(look)
  const join: [string, unknown][] = []
  for (const room of rooms.joined) {
    const told = await joinedRoom(look, room, accountData.ofRooms.get(room.roomId) ?? [])
    if (told !== undefined) join.push([room.roomId, told])
  }
  const leave: [string, unknown][] = []
  for (const membership of rooms.left) {
    const told = await leftRoom(look, membership, accountData.ofRooms.get(membership.roomId) ?? [])
    if (told !== undefined) leave.push([membership.roomId, told])
  }
  const { invite, knock, over } = await openRooms(look, rooms)
  for (const { roomId, events } of over) leave.push([roomId, outsideLeft(look, events)])
  const waiting = messagesToDevice(look)
  const { deviceLists, met } = await acquaintancesOf(look, rooms)
  const presence = await presenceOf(look, met)
  const position = { rooms: upTo.rooms, streams: { ...upTo.streams, to_device: waiting.position } }
  const parts = [
    ...[join, leave, Object.keys(invite), Object.keys(knock)],
    ...[accountData.global, presence, waiting.events, deviceLists.changed, deviceLists.left],
  ]
  return {
    isEmpty: parts.every(part => part.length === 0),
    joined: new Set(rooms.joined.map(({ roomId }) => roomId)),
    answer: {
      next_batch: writeSyncToken(position),
      rooms: { join: Object.fromEntries(join), leave: Object.fromEntries(leave), invite, knock },
      account_data: { events: accountData.global },
      presence: { events: presence },
      to_device: { events: waiting.events },
      device_lists: deviceLists,
      ...keyCounts(look),
    },
  }
}

/** An application service that named no device has none that messages are for. */
function messagesToDevice({ context, caller, since, upTo }: SyncLook) {
  const { userId, deviceId } = caller
  const { to_device: position } = upTo.streams
  if (deviceId === undefined) return { events: [], position }
  const after = since?.streams.to_device ?? 0
  return context.tables.toDeviceMessages.waiting(userId, deviceId, after, position, maxToDevice)
}

function keyCounts({ context, caller }: SyncLook) {
  const { userId, deviceId } = caller
  const { deviceKeys } = context.tables
  const ofDevice = deviceId === undefined ? {} : deviceKeys.oneTimeKeyCounts(userId, deviceId)
  return {
    device_one_time_keys_count: { signed_curve25519: 0, ...ofDevice },
    device_unused_fallback_key_types: deviceId === undefined ? [] : deviceKeys.unusedFallbackKeys(userId, deviceId),
  }
}

/**
 * A room that this server is not in, and that the user has nothing to do with any more. Where the event by which that came about is
 * not known, because it lies with the servers in the room, what is said is what it comes to.
 */
function outsideLeft({ caller, stateAfter }: SyncLook, events: readonly SyncEvent[]): Record<string, unknown> {
  const { userId } = caller
  const member = { type: 'm.room.member', state_key: userId, sender: userId, content: { membership: 'leave' } }
  const [known] = events
  const state = { events: stateAfter ? [known ?? member] : known === undefined ? [member] : [] }
  return {
    timeline: { events, limited: false },
    ...(stateAfter ? { state_after: state } : { state }),
    account_data: { events: [] },
  }
}
