/**
 * All endpoints of the client-server API that are here.
 */

import * as changePassword from './account/change-password.ts'
import * as deactivate from './account/deactivate.ts'
import * as thirdPartyIds from './account/third-party-ids.ts'
import * as whoami from './account/whoami.ts'
import * as accountData from './account-data/account-data.ts'
import * as roomAccountData from './account-data/room-account-data.ts'
import * as tags from './account-data/tags.ts'
import * as lock from './admin/lock.ts'
import * as suspend from './admin/suspend.ts'
import * as whois from './admin/whois.ts'
import * as applicationServicePing from './application-services/ping.ts'
import * as deleteDevices from './devices/delete-devices.ts'
import * as devices from './devices/devices.ts'
import type { Endpoint } from './endpoint.ts'
import * as filters from './filters/filters.ts'
import * as roomKeyOfSession from './key-backup/room-key-of-session.ts'
import * as roomKeys from './key-backup/room-keys.ts'
import * as roomKeysOfRoom from './key-backup/room-keys-of-room.ts'
import * as roomKeysVersion from './key-backup/room-keys-version.ts'
import * as deviceSigningUpload from './keys/device-signing-upload.ts'
import * as keysChanges from './keys/keys-changes.ts'
import * as keysClaim from './keys/keys-claim.ts'
import * as keysQuery from './keys/keys-query.ts'
import * as keysUpload from './keys/keys-upload.ts'
import * as signaturesUpload from './keys/signatures-upload.ts'
import * as login from './login/login.ts'
import * as loginFlows from './login/login-flows.ts'
import * as logout from './login/logout.ts'
import * as refresh from './login/refresh.ts'
import * as download from './media/download.ts'
import * as mediaConfig from './media/media-config.ts'
import * as upload from './media/upload.ts'
import * as openid from './openid/request-token.ts'
import * as presenceStatus from './presence/presence-status.ts'
import * as profile from './profile/profile.ts'
import * as profileField from './profile/profile-field.ts'
import * as pushRuleActions from './push/push-rule-actions.ts'
import * as pushRuleById from './push/push-rule-by-id.ts'
import * as pushRuleEnabled from './push/push-rule-enabled.ts'
import * as pushRules from './push/push-rules.ts'
import * as pushers from './push/pushers.ts'
import * as register from './registration/register.ts'
import * as registerAvailable from './registration/register-available.ts'
import * as registrationTokenValidity from './registration/registration-token-validity.ts'
import * as sharedSecret from './registration/shared-secret.ts'
import * as createRoom from './rooms/create-room.ts'
import * as directoryList from './rooms/directory-list.ts'
import * as directoryRoom from './rooms/directory-room.ts'
import * as event from './rooms/event.ts'
import * as eventContext from './rooms/event-context.ts'
import * as forget from './rooms/forget.ts'
import * as hierarchy from './rooms/hierarchy.ts'
import * as invite from './rooms/invite.ts'
import * as join from './rooms/join.ts'
import * as knock from './rooms/knock.ts'
import * as leave from './rooms/leave.ts'
import * as members from './rooms/members.ts'
import * as messages from './rooms/messages.ts'
import * as moderation from './rooms/moderation.ts'
import * as publicRooms from './rooms/public-rooms.ts'
import * as receipts from './rooms/receipts.ts'
import * as redact from './rooms/redact.ts'
import * as relations from './rooms/relations.ts'
import * as report from './rooms/report.ts'
import * as send from './rooms/send.ts'
import * as state from './rooms/state.ts'
import * as summary from './rooms/summary.ts'
import * as threads from './rooms/threads.ts'
import * as timestampToEvent from './rooms/timestamp-to-event.ts'
import * as typing from './rooms/typing-notification.ts'
import * as upgrade from './rooms/upgrade.ts'
import * as search from './search/search.ts'
import * as capabilities from './server/capabilities.ts'
import * as versions from './server/versions.ts'
import * as wellKnownClient from './server/well-known-client.ts'
import * as wellKnownSupport from './server/well-known-support.ts'
import * as sendServerNotice from './server-notices/send-server-notice.ts'
import * as sync from './sync/sync.ts'
import * as thirdPartyProtocols from './third-party/protocols.ts'
import * as sendToDevice from './to-device/send-to-device.ts'
import * as userDirectory from './users/user-directory.ts'
import * as turnServer from './voip/turn-server.ts'

const files: readonly object[] = [
  accountData,
  roomAccountData,
  tags,
  applicationServicePing,
  changePassword,
  deactivate,
  whoami,
  lock,
  suspend,
  whois,
  deleteDevices,
  devices,
  filters,
  roomKeyOfSession,
  roomKeysOfRoom,
  roomKeysVersion,
  roomKeys,
  deviceSigningUpload,
  keysChanges,
  keysClaim,
  keysQuery,
  keysUpload,
  signaturesUpload,
  loginFlows,
  login,
  logout,
  refresh,
  openid,
  profileField,
  profile,
  pushRuleActions,
  pushRuleById,
  pushRuleEnabled,
  pushRules,
  pushers,
  registerAvailable,
  register,
  registrationTokenValidity,
  sharedSecret,
  capabilities,
  versions,
  wellKnownClient,
  wellKnownSupport,
  sendToDevice,
  turnServer,
  createRoom,
  directoryList,
  directoryRoom,
  eventContext,
  event,
  forget,
  hierarchy,
  invite,
  join,
  knock,
  leave,
  members,
  messages,
  moderation,
  publicRooms,
  receipts,
  redact,
  relations,
  report,
  send,
  state,
  summary,
  threads,
  timestampToEvent,
  typing,
  upgrade,
  userDirectory,
  sync,
  search,
  upload,
  download,
  mediaConfig,
  thirdPartyIds,
  thirdPartyProtocols,
  presenceStatus,
  sendServerNotice,
]

/** Whatever of the files is an endpoint. */
export const endpoints: readonly Endpoint[] = files.flatMap(file => Object.values(file)).filter(isEndpoint)

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'answer' in value && 'path' in value
}
