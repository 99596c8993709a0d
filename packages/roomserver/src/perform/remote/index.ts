/** Rooms and users across servers: what this server asks of others, and what they ask of it. */
export type { ReceivingContext, RemoteContext } from './context.ts'
export { Handshakes } from './handshakes.ts'
export { leaveHere } from './leave-here.ts'
export { membershipTemplate } from './membership-template.ts'
export { serversKnownBy } from './outside-invite.ts'
export {
  type HandshakeMembership,
  type InviteToSign,
  type JoinedRoom,
  type PeerRequests,
  RemoteRefusal,
  type SignedEvent,
  type Template,
} from './peer-requests.ts'
export { remoteInvite } from './remote-invite.ts'
export { remoteJoin } from './remote-join.ts'
export { remoteKnock } from './remote-knock.ts'
export { remoteLeave } from './remote-leave.ts'
export { remoteRescission } from './remote-rescission.ts'
export { thirdPartyInvite } from './third-party-invite.ts'
