/** The table of endpoints: one for each operation of the server-server API, and those that older servers still ask. */
import type { Endpoint } from '../endpoint.ts'
import { event, eventAuth, timestampToEvent } from './events.ts'
import { hierarchy } from './hierarchy.ts'
import { backfill, missingEvents } from './history.ts'
import { invite, inviteV1 } from './invites.ts'
import { queryKeysOfServer, queryKeysOfServers, serverKeyById, serverKeys } from './keys.ts'
import { downloadMedia, mediaThumbnail } from './media.ts'
import {
  makeJoin,
  makeKnock,
  makeLeave,
  sendJoin,
  sendJoinV1,
  sendKnock,
  sendLeave,
  sendLeaveV1,
} from './memberships.ts'
import { policySign } from './policy.ts'
import { publicRooms, searchPublicRooms } from './public-rooms.ts'
import { query, queryDirectory, queryProfile } from './queries.ts'
import { roomComplexity } from './room-complexity.ts'
import { send } from './send.ts'
import { state, stateIds } from './state.ts'
import { exchangeThirdPartyInvite, onBind } from './third-party-invites.ts'
import { claimUserKeys, openIdUser, queryUserKeys, userDevices } from './users.ts'
import { version } from './version.ts'
import { wellKnownServer } from './well-known.ts'

export const endpoints: readonly Endpoint[] = [
  ...[version, wellKnownServer],
  ...[serverKeys, serverKeyById, queryKeysOfServer, queryKeysOfServers],
  ...[send, event, eventAuth, timestampToEvent, state, stateIds, backfill, missingEvents],
  ...[makeJoin, sendJoin, sendJoinV1, makeLeave, sendLeave, sendLeaveV1, makeKnock, sendKnock],
  ...[invite, inviteV1, exchangeThirdPartyInvite, onBind],
  ...[queryDirectory, queryProfile, query, publicRooms, searchPublicRooms, hierarchy, roomComplexity],
  ...[userDevices, queryUserKeys, claimUserKeys, openIdUser, downloadMedia, mediaThumbnail, policySign],
]
