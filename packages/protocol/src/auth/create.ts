/**
 * `m.room.create`: the event that opens a room is judged by itself alone.
 * Room version 12, rules 1.1 to 1.5; rule 1 of all versions.
 */
import type { RoomEvent } from '../event/index.ts'
import { isUserId, serverNameInRoomId, serverNameOf } from '../identifiers/index.ts'
import { roomVersions } from '../room-version/index.ts'
import { allow, deny, type Verdict } from './verdict.ts'

/** Rule 1: the create event is judged by itself alone. */
export function authorizeCreate(event: RoomEvent): Verdict {
  const { content, rules } = event

  // 1.1 A create event opens the room: nothing comes before it.
  if (event.prevEvents.length > 0) return deny('create/prev-events', 'a create event has prev events')

  // 1.2 [12] The room ID is the event's own hash, so the event cannot have one.
  if (rules.auth.createImpliedByRoomId) {
    if (event.json['room_id'] !== undefined) return deny('create/has-room-id', 'the create event has a room_id')
    // 1.2 [1-11] The room is named after the server that opens it.
  } else if (serverNameInRoomId(event.roomId) !== serverNameOf(event.sender)) {
    return deny('create/room-id-domain', `room ${event.roomId} is not of the server of ${event.sender}`)
  }

  // 1.3 The room version, where it is given, is one that is known.
  const version = content['room_version']
  if (version !== undefined && !(typeof version === 'string' && roomVersions.has(version)))
    return deny('create/room-version', 'content.room_version is not a known room version')

  // 1.4 [1-10] The content names the creator.
  if (rules.auth.creatorInContent && content['creator'] === undefined)
    return deny('create/creator', 'content.creator is missing')

  // 1.4 [12] Additional creators are user IDs, by the same check as the sender.
  const additional = content['additional_creators']
  if (rules.auth.privilegedCreators && additional !== undefined)
    if (!Array.isArray(additional) || !additional.every(isUserId))
      return deny('create/additional-creators', 'content.additional_creators is not an array of user IDs')

  // 1.5 Otherwise, allow.
  return allow('create/allow')
}
