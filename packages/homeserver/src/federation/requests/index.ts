/** Requests to other servers, and the check of theirs. */
export type { CallerParts } from './caller.ts'
export type { ClaimedKeysAnswer, DeviceKeysAnswer, UserDevicesAnswer } from './device-keys.ts'
export type {
  AliasAnswer,
  HierarchyAnswer,
  ProfileAnswer,
  PublicRoomsAnswer,
  PublicRoomsQuery,
  PublicRoomsSearch,
} from './directory.ts'
export { FederationClient, type FederationClientParts } from './federation-client.ts'
export type { Invite } from './inviting.ts'
export type { IncomingMedia, MediaOptions, ThumbnailWanted } from './media.ts'
export type { JoinedRoom, SignedEvent, Template } from './membership.ts'
export { peerRequests } from './peer-requests.ts'
export { policyServers } from './policy-servers.ts'
export { authorizationOf } from './request-signature.ts'
export type { NearestEvent } from './room-events.ts'
export type { VersionAnswer } from './server-information.ts'
export { maxEdus, maxPdus, type OutgoingTransaction } from './transactions.ts'
export { type IncomingRequest, type RequestVerdict, type VerifyParts, verifyRequest } from './verify-request.ts'
