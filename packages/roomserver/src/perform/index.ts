/**
 * What users and the operator do in rooms: one file each, which builds or fetches events and feeds input. The contract:
 * api/operations/performs.ts and admin.ts.
 */
import type { Implementations, OperationName, RequestTo, ResponseFrom } from '../api/index.ts'
import { removeAlias, setAlias } from './aliases.ts'
import { backfill } from './backfill.ts'
import { ban } from './ban.ts'
import { blockRoom } from './block-room.ts'
import type { PerformContext } from './context.ts'
import { createRoom } from './create-room.ts'
import { downloadState } from './download-state.ts'
import { evacuateRoom, evacuateUser } from './evacuate.ts'
import { forget } from './forget.ts'
import { inboundPeek } from './inbound-peek.ts'
import { invite } from './invite.ts'
import { join } from './join.ts'
import { kick } from './kick.ts'
import { knock } from './knock.ts'
import { leave } from './leave.ts'
import { peek } from './peek.ts'
import { publish } from './publish.ts'
import { purgeRoom } from './purge-room.ts'
import { recomputeState } from './recompute-state.ts'
import {
  membershipTemplate,
  remoteInvite,
  remoteJoin,
  remoteKnock,
  remoteLeave,
  remoteRescission,
  thirdPartyInvite,
} from './remote/index.ts'
import { removeReport, report } from './report.ts'
import { send } from './send.ts'
import { unban } from './unban.ts'
import { upgrade } from './upgrade.ts'

export type { PerformContext } from './context.ts'
export type { Network, OutsideMembership, ResolvedAlias } from './network.ts'
export { NewRoomIds } from './new-room-ids.ts'
export {
  Handshakes,
  type InviteToSign,
  type JoinedRoom,
  type PeerRequests,
  RemoteRefusal,
  type SignedEvent,
  type Template,
} from './remote/index.ts'

const table = {
  performSend: send,
  performCreateRoom: createRoom,
  performJoin: join,
  performLeave: leave,
  performKnock: knock,
  performInvite: invite,
  performKick: kick,
  performBan: ban,
  performUnban: unban,
  performForget: forget,
  performPublish: publish,
  performSetAlias: setAlias,
  performRemoveAlias: removeAlias,
  performUpgrade: upgrade,
  performPeek: peek,
  performInboundPeek: inboundPeek,
  performBackfill: backfill,
  queryMembershipTemplate: membershipTemplate,
  performRemoteJoin: remoteJoin,
  performRemoteLeave: remoteLeave,
  performRemoteKnock: remoteKnock,
  performRemoteInvite: remoteInvite,
  performRemoteRescission: remoteRescission,
  performThirdPartyInvite: thirdPartyInvite,
  adminEvacuateRoom: evacuateRoom,
  adminEvacuateUser: evacuateUser,
  adminPurgeRoom: purgeRoom,
  adminDownloadState: downloadState,
  adminRecomputeState: recomputeState,
  adminBlockRoom: blockRoom,
  adminReport: report,
  adminRemoveReport: removeReport,
} as const satisfies { readonly [Name in OperationName]?: Perform<Name> }

type Perform<Name extends OperationName> = (
  request: RequestTo<Name>,
  context: PerformContext,
) => Promise<ResponseFrom<Name>>

export type PerformName = keyof typeof table

/** The performs as their callers see them. What holds for every operation is put around them by the contract. */
export function performs(context: PerformContext): Implementations<PerformName> {
  const entries = Object.entries(table) as [PerformName, Perform<PerformName>][]
  const bound = entries.map(([name, perform]) => [
    name,
    (request: RequestTo<PerformName>) => perform(request as never, context),
  ])
  return Object.fromEntries(bound) as Implementations<PerformName>
}
