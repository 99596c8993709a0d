/**
 * Names that callers give, checked. Appendices, "Identifier Grammar".
 */
import {
  belongsTo,
  isRoomAlias,
  isRoomId,
  isServerName,
  isUserId,
  type RoomAlias,
  type RoomId,
  type RoomVersionRules,
  roomVersions,
  type ServerName,
  type UserId,
} from '@neurite/protocol'
import { RoomServerError } from '../api/index.ts'
import type { PerformContext } from './context.ts'

/** @throws {RoomServerError} `M_INVALID_PARAM` where it is no user ID */
export function userIdOf(userId: string): UserId {
  if (isUserId(userId)) return userId
  throw new RoomServerError('M_INVALID_PARAM', `${JSON.stringify(userId)} is no user ID`)
}

/** @throws {RoomServerError} `M_FORBIDDEN` where this server cannot speak for the user */
export function localUser(userId: string, { serverName }: Pick<PerformContext, 'serverName'>): UserId {
  const user = userIdOf(userId)
  if (belongsTo(user, serverName)) return user
  throw new RoomServerError('M_FORBIDDEN', `${userId} is no user of this server, which is ${serverName}`)
}

/** @throws {RoomServerError} `M_INVALID_PARAM` where it is no room ID */
export function roomIdOf(roomId: string): RoomId {
  if (isRoomId(roomId)) return roomId
  throw new RoomServerError('M_INVALID_PARAM', `${JSON.stringify(roomId)} is no room ID`)
}

/** @throws {RoomServerError} `M_INVALID_PARAM` where it is no alias of a room */
export function aliasOf(alias: string): RoomAlias {
  if (isRoomAlias(alias)) return alias
  throw new RoomServerError('M_INVALID_PARAM', `${JSON.stringify(alias)} is no room alias`)
}

/** @throws {RoomServerError} `M_UNSUPPORTED_ROOM_VERSION` */
export function supportedVersion(version: string): RoomVersionRules {
  const rules = roomVersions.get(version)
  if (rules !== undefined) return rules
  throw new RoomServerError('M_UNSUPPORTED_ROOM_VERSION', `room version ${JSON.stringify(version)} is not supported`)
}

/** The servers among what a client named, each once, without this one. What is no server name is nobody to ask. */
export function otherServers(names: readonly string[], own: ServerName): ServerName[] {
  return [...new Set(names.filter(isServerName))].filter(name => name !== own)
}
