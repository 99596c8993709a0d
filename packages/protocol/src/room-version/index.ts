/**
 * Room versions: the table and how to ask it. Specification: "Room Versions".
 */
import type { RoomVersionRules } from './rules.ts'
import { roomVersions } from './table.ts'

export type { AuthRules, EventFormat, RedactionRules, RoomVersionRules, SignatureRules } from './rules.ts'
export { defaultRoomVersion, roomVersions } from './table.ts'

/** A room version that this library does not know. `errcode` as in the client-server API. */
export class UnsupportedRoomVersion extends Error {
  readonly errcode = 'M_UNSUPPORTED_ROOM_VERSION'
  constructor(version: string) {
    super(`room version ${JSON.stringify(version.slice(0, 64))} is not supported`)
    this.name = 'UnsupportedRoomVersion'
  }
}

/** The rules of a room version. Throws {@link UnsupportedRoomVersion} where there are none. */
export function rulesOf(version: string): RoomVersionRules {
  const rules = roomVersions.get(version)
  if (rules === undefined) throw new UnsupportedRoomVersion(version)
  return rules
}
