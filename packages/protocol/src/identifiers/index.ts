/**
 * Matrix identifiers: checked strings with their own types, and the base64 that some of them are made of.
 * Appendices, "Identifier Grammar" and "Unpadded Base64".
 */
export { type Base64Alphabet, decodeBase64, encodeBase64, encodeBase64Url } from './base64.ts'
export type { Branded } from './branded.ts'
export {
  type EventId,
  type EventIdFormat,
  isEventId,
  isEventIdOfFormat,
  parseEventId,
  serverNameInEventId,
} from './event-id.ts'
export { isEventType, isStateKey } from './event-key.ts'
export { algorithmOf, isKeyId, type KeyId, newKeyId, parseKeyId, signingAlgorithm } from './key-id.ts'
export { fitsInBytes, maxIdentifierBytes, utf8Length } from './length.ts'
export { isRoomAlias, parseRoomAlias, type RoomAlias, serverNameOfAlias } from './room-alias.ts'
export {
  isRoomId,
  isRoomIdOfForm,
  parseRoomId,
  type RoomId,
  type RoomIdForm,
  serverNameInRoomId,
} from './room-id.ts'
export { hostOf, isIpLiteral, isServerName, parseServerName, type ServerName } from './server-name.ts'
export {
  belongsTo,
  isNewUserId,
  isUserId,
  localpartOf,
  newUserId,
  parseUserId,
  serverNameOf,
  type UserId,
} from './user-id.ts'
