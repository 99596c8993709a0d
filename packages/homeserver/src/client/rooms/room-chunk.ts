/**
 * Rooms as directories and hierarchies show them. Client-server API, "Listing rooms", "PublicRoomsChunk".
 */
import type { ResponseFrom } from '@neurite/roomserver/api'
import { fits } from '@neurite/roomserver/inthttp'
import { type Static, Type } from 'typebox'

type RoomSummary = ResponseFrom<'queryRoomSummary'>['room']

export const roomChunk = Type.Object({
  room_id: Type.String(),
  num_joined_members: Type.Integer(),
  world_readable: Type.Boolean(),
  guest_can_join: Type.Boolean(),
  join_rule: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  topic: Type.Optional(Type.String()),
  avatar_url: Type.Optional(Type.String()),
  canonical_alias: Type.Optional(Type.String()),
  room_type: Type.Optional(Type.String()),
  room_version: Type.Optional(Type.String()),
  encryption: Type.Optional(Type.String()),
  allowed_room_ids: Type.Optional(Type.Array(Type.String())),
})

export function chunkOf(room: RoomSummary) {
  return {
    room_id: room.roomId,
    room_version: room.roomVersion,
    num_joined_members: room.joinedMembers,
    world_readable: room.worldReadable,
    guest_can_join: room.guestCanJoin,
    join_rule: room.joinRule,
    ...(room.name === undefined ? {} : { name: room.name }),
    ...(room.topic === undefined ? {} : { topic: room.topic }),
    ...(room.avatarUrl === undefined ? {} : { avatar_url: room.avatarUrl }),
    ...(room.canonicalAlias === undefined ? {} : { canonical_alias: room.canonicalAlias }),
    ...(room.roomType === undefined ? {} : { room_type: room.roomType }),
    ...(room.encryption === undefined ? {} : { encryption: room.encryption }),
    ...(room.allowedRoomIds === undefined ? {} : { allowed_room_ids: room.allowedRoomIds }),
  }
}

export type RoomChunk = Static<typeof roomChunk>

/** A room as another server tells of it, without what does not belong there. @returns undefined where it says too little */
export function chunkOfOther(told: Readonly<Record<string, unknown>>): RoomChunk | undefined {
  const known = Object.keys(roomChunk.properties).filter(key => told[key] !== undefined && told[key] !== null)
  const chunk: unknown = Object.fromEntries(known.map(key => [key, told[key]]))
  return fits(roomChunk, chunk) ? chunk : undefined
}
