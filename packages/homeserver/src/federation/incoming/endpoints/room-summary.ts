/** A room as directories and hierarchies show it. Server-server API, "Published Room Directory", "Spaces". */
import type { ResponseFrom } from '@neurite/roomserver/api'

type RoomSummary = ResponseFrom<'queryRoomSummary'>['room']

/** Members that are undefined are left out where it is written. */
export function summaryJson(room: RoomSummary) {
  return {
    room_id: room.roomId,
    name: room.name,
    topic: room.topic,
    avatar_url: room.avatarUrl,
    canonical_alias: room.canonicalAlias,
    num_joined_members: room.joinedMembers,
    world_readable: room.worldReadable,
    guest_can_join: room.guestCanJoin,
    join_rule: room.joinRule,
    room_type: room.roomType,
  }
}

/** With what a hierarchy says besides. */
export function hierarchyJson(room: RoomSummary) {
  return {
    ...summaryJson(room),
    allowed_room_ids: room.allowedRoomIds,
    encryption: room.encryption,
    room_version: room.roomVersion,
  }
}
