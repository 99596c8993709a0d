/**
 * What can be asked of the room server without another server: one file each. The contract: api/operations/*-queries.ts.
 */
import type { Implementations, OperationName, RequestTo, ResponseFrom } from '../api/index.ts'
import { alias } from './alias.ts'
import { aliasesOfRoom } from './aliases-of-room.ts'
import { authChain } from './auth-chain.ts'
import { backfill } from './backfill.ts'
import { blockedRooms } from './blocked-rooms.ts'
import { bulkStateContent } from './bulk-state-content.ts'
import { capabilities } from './capabilities.ts'
import type { QueryContext } from './context.ts'
import { currentStateOfRoom } from './current-state.ts'
import { eventForServer } from './event-for-server.ts'
import { eventNearTime } from './event-near-time.ts'
import { eventsById } from './events-by-id.ts'
import { eventsOfUser } from './events-of-user.ts'
import { joinedHosts } from './joined-hosts.ts'
import { joinedUsers } from './joined-users.ts'
import { knownUsers } from './known-users.ts'
import { latestEventsAndState } from './latest-events-and-state.ts'
import { leftUsers } from './left-users.ts'
import { memberCounts } from './member-counts.ts'
import { membersOfRoom } from './members-of-room.ts'
import { membership } from './membership.ts'
import { missingAuthPrevEvents } from './missing-auth-prev-events.ts'
import { missingEvents } from './missing-events.ts'
import { outsideInvites } from './outside-invites.ts'
import { peeks } from './peeks.ts'
import { publishedRooms } from './published-rooms.ts'
import { reports } from './reports.ts'
import { resolution } from './resolution.ts'
import { restrictedJoinAllowed } from './restricted-join-allowed.ts'
import { roomComplexity } from './room-complexity.ts'
import { roomHierarchy } from './room-hierarchy.ts'
import { roomSummary } from './room-summary.ts'
import { roomVersion } from './room-version.ts'
import { rooms } from './rooms.ts'
import { roomsForUser } from './rooms-for-user.ts'
import { roomsWithAcls } from './rooms-with-acls.ts'
import { serverAllowedToSeeEvents } from './server-allowed-to-see-events.ts'
import { serverBanned } from './server-banned.ts'
import { serverJoinedToRoom } from './server-joined-to-room.ts'
import { sharedUsers } from './shared-users.ts'
import { stateAfterEvents } from './state-after-events.ts'
import { stateAndAuthChain } from './state-and-auth-chain.ts'
import { stateAtEvent } from './state-at-event.ts'
import { stats } from './stats.ts'
import { userAllowedToSeeEvents } from './user-allowed-to-see-events.ts'
import { usersWhoLeft } from './users-who-left.ts'
import { verdict } from './verdict.ts'

export type { QueryContext } from './context.ts'

const table = {
  queryAlias: alias,
  queryAliasesOfRoom: aliasesOfRoom,
  queryAuthChain: authChain,
  queryBackfill: backfill,
  queryBlockedRooms: blockedRooms,
  queryBulkStateContent: bulkStateContent,
  queryCapabilities: capabilities,
  queryCurrentState: currentStateOfRoom,
  queryEventForServer: eventForServer,
  queryEventNearTime: eventNearTime,
  queryEventsById: eventsById,
  queryEventsOfUser: eventsOfUser,
  queryJoinedHosts: joinedHosts,
  queryJoinedUsers: joinedUsers,
  queryKnownUsers: knownUsers,
  queryLatestEventsAndState: latestEventsAndState,
  queryLeftUsers: leftUsers,
  queryMemberCounts: memberCounts,
  queryMembersOfRoom: membersOfRoom,
  queryMembership: membership,
  queryMissingAuthPrevEvents: missingAuthPrevEvents,
  queryMissingEvents: missingEvents,
  queryOutsideInvites: outsideInvites,
  queryPeeks: peeks,
  queryPublishedRooms: publishedRooms,
  queryReports: reports,
  queryResolution: resolution,
  queryRestrictedJoinAllowed: restrictedJoinAllowed,
  queryRoomComplexity: roomComplexity,
  queryRoomHierarchy: roomHierarchy,
  queryRoomSummary: roomSummary,
  queryRoomVersion: roomVersion,
  queryRoomsForUser: roomsForUser,
  queryRoomsWithAcls: roomsWithAcls,
  queryRooms: rooms,
  queryServerAllowedToSeeEvents: serverAllowedToSeeEvents,
  queryServerBanned: serverBanned,
  queryServerJoinedToRoom: serverJoinedToRoom,
  querySharedUsers: sharedUsers,
  queryStateAfterEvents: stateAfterEvents,
  queryStateAndAuthChain: stateAndAuthChain,
  queryStateAtEvent: stateAtEvent,
  queryStats: stats,
  queryUserAllowedToSeeEvents: userAllowedToSeeEvents,
  queryUsersWhoLeft: usersWhoLeft,
  queryVerdict: verdict,
} as const satisfies { readonly [Name in OperationName]?: Query<Name> }

type Query<Name extends OperationName> = (
  request: RequestTo<Name>,
  context: QueryContext,
) => Promise<ResponseFrom<Name>>

export type AnsweredQuery = keyof typeof table

/** The queries as their callers see them. */
export function queries(context: QueryContext): Implementations<AnsweredQuery> {
  const entries = Object.entries(table) as [AnsweredQuery, Query<AnsweredQuery>][]
  const bound = entries.map(([name, query]) => [
    name,
    (request: RequestTo<AnsweredQuery>) => query(request as never, context),
  ])
  return Object.fromEntries(bound) as Implementations<AnsweredQuery>
}
