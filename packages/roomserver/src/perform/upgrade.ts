/**
 * Upgrading a room: a new one in another version with the state that goes along, then a tombstone in the old one. Client-server API,
 * "Room Upgrades".
 */
import type { JsonObject, RoomEvent, RoomVersionRules, UserId } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { localOf } from '../types/index.ts'
import { refuseBlocked } from './blocked-rooms.ts'
import type { PerformContext } from './context.ts'
import { moveDirectory } from './move-directory.ts'
import { localUser, supportedVersion, userIdOf } from './names.ts'
import { makeRoom, takeRoom } from './open-room.ts'
import { ownEvent } from './own-event.ts'
import { authStateFor, existingRoom, type FoundRoom, stateEntries } from './room-state.ts'
import { restrictedLevels } from './upgraded-power-levels.ts'
import { carriedState } from './upgraded-state.ts'

export async function upgrade(
  request: RequestTo<'performUpgrade'>,
  context: PerformContext,
): Promise<ResponseFrom<'performUpgrade'>> {
  const { roomId, newVersion } = request
  const sender = localUser(request.sender, context)
  const rules = supportedVersion(newVersion)
  // Versions without them ignore them.
  const additionalCreators = rules.auth.privilegedCreators ? (request.additionalCreators ?? []).map(userIdOf) : []
  await refuseBlocked(roomId, context)
  const old = await existingRoom(roomId, context)
  await refuseUnlessAllowed(sender, old, context)

  const events = await carriedState(
    {
      ...{ old, sender, rules, additionalCreators, profile: request.senderProfile },
      predecessor: { room_id: roomId, ...(await lastKnownEvent(old, rules, context)) },
    },
    context,
  )
  const made = await makeRoom({ creator: sender, rules, events }, context)
  await takeRoom(made, context)
  const tombstone = await context.input.send(
    roomId,
    {
      ...{ type: 'm.room.tombstone', stateKey: '', sender },
      content: { body: 'This room has been replaced', replacement_room: made.roomId },
    },
    ownEvent(context),
  )
  await moveDirectory(roomId, made.roomId, context)
  await leaveAlias(sender, old, context)
  await restrict(sender, old, context)
  return { roomId: made.roomId, tombstone: tombstone.eventId }
}

/** What `predecessor` says besides the room: nothing any more from the version on whose rooms are found by their create event. */
async function lastKnownEvent(
  { row }: FoundRoom,
  { auth }: RoomVersionRules,
  { storage }: PerformContext,
): Promise<JsonObject> {
  if (auth.createImpliedByRoomId) return {}
  const newest = row.forwardExtremities.toSorted((a, b) => localOf(b) - localOf(a)).slice(0, 1)
  const [event] = await storage.reader.events(newest)
  return event === undefined ? {} : { event_id: event.eventId }
}

/** Before anything is made. @throws {RoomServerError} `M_FORBIDDEN` */
async function refuseUnlessAllowed(sender: UserId, room: FoundRoom, context: PerformContext): Promise<void> {
  const state = await authStateFor([sender], room, context)
  const isMember = state.membership(sender).value === 'join'
  if (isMember && state.powerLevelOf(sender) >= state.requiredLevel('m.room.tombstone', true)) return
  throw new RoomServerError(
    'M_FORBIDDEN',
    `${sender} may not upgrade ${room.row.roomId}: that takes a member who may send m.room.tombstone`,
  )
}

/** The aliases lead to the new room now: the old one is not called by them any more. */
async function leaveAlias(sender: UserId, old: FoundRoom, context: PerformContext): Promise<void> {
  const [canonical] = await stateEntries([['m.room.canonical_alias', '']], old, context)
  if (canonical !== undefined) await sendIfAllowed('m.room.canonical_alias', {}, sender, old, context)
}

/** Nobody without a level of their own sends to the old room, or invites to it. */
async function restrict(sender: UserId, old: FoundRoom, context: PerformContext): Promise<void> {
  const [levels] = await stateEntries([['m.room.power_levels', '']], old, context)
  const restricted = restrictedLevels(levels, sender, old.rules)
  if (restricted === undefined) return
  await sendIfAllowed('m.room.power_levels', restricted, sender, old, context)
}

/** The room is upgraded, whether the last touch can be put to the old one or not. */
async function sendIfAllowed(
  type: RoomEvent['type'],
  content: JsonObject,
  sender: UserId,
  { row }: FoundRoom,
  context: PerformContext,
): Promise<void> {
  try {
    await context.input.send(row.roomId, { type, stateKey: '', sender, content }, ownEvent(context))
  } catch (error) {
    if (!(error instanceof RoomServerError && error.errcode === 'M_FORBIDDEN')) throw error
  }
}
