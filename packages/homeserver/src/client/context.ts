/**
 * What the endpoints of the client head work with.
 */
import type { ServerName, UserId } from '@neurite/protocol'
import type { RoomServerApi } from '@neurite/roomserver/api'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { Database } from '../storage/database.ts'
import type { Receipt } from '../storage/receipts.ts'
import type { Tables } from '../storage/tables.ts'
import type { ApplicationServices } from './application-services/services.ts'
import type { LastSeen } from './devices/last-seen.ts'
import type { Hook } from './hook.ts'
import type { MediaFiles } from './media/media-files.ts'
import type { PendingMedia } from './media/pending-media.ts'
import type { RemoteMedia } from './media/remote-media.ts'
import type { Passwords } from './passwords.ts'
import type { Presence } from './presence/presence.ts'
import type { UnreadMemory } from './push/unread.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Nonces } from './registration/nonces.ts'
import type { RemoteRooms } from './remote-rooms.ts'
import type { RemoteUsers } from './remote-users.ts'
import type { RoomIndex } from './room-index/room-index.ts'
import type { OtherRooms } from './rooms/other-rooms.ts'
import type { SentEvents } from './rooms/send-once.ts'
import type { ClientSettings } from './settings.ts'
import type { Streams } from './streams.ts'
import type { Turns } from './turns.ts'
import type { Typing } from './typing.ts'
import type { InteractiveSessions } from './user-interactive/sessions.ts'

/** The display name or the avatar of a local user has changed. */
export interface ProfileChange {
  readonly userId: UserId
  readonly field: 'displayname' | 'avatar_url'
}

/** An account is closed for good. */
export interface AccountClosed {
  readonly userId: UserId
  /** What the user sent is to be hidden from those who come later. */
  readonly isErased: boolean
}

/** What a local user did that is no event. */
export type PassingNews =
  | { readonly kind: 'typing'; readonly roomId: string; readonly userId: UserId; readonly typing: boolean }
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  | { readonly kind: 'presence'; readonly userId: UserId }

export interface ClientContext {
  readonly serverName: ServerName
  readonly settings: ClientSettings
  /** For `/_synapse/admin/v1/register`. */
  readonly registrationSecret: string
  readonly registrationNonces: Nonces
  readonly runtime: Runtime
  readonly roomServer: RoomServerApi

  /** Changes that no stream tells of are written here, others through {@link streams}. */
  readonly database: Database
  readonly tables: Tables
  readonly streams: Streams
  readonly turns: Turns

  readonly applicationServices: ApplicationServices
  readonly passwords: Passwords
  readonly interactive: InteractiveSessions
  readonly rateLimits: RateLimits
  readonly lastSeen: LastSeen

  readonly rooms: RoomIndex
  readonly sentEvents: SentEvents
  readonly unread: UnreadMemory
  readonly typing: Typing
  readonly presence: Presence

  readonly remoteUsers: RemoteUsers
  readonly remoteRooms: RemoteRooms
  readonly otherRooms: OtherRooms
  readonly remoteMedia: RemoteMedia
  readonly mediaFiles: MediaFiles
  readonly pendingMedia: PendingMedia

  /** So that rooms can tell their members. */
  readonly profileChanged: Hook<ProfileChange>
  /** So that rooms can be left. */
  readonly accountClosed: Hook<AccountClosed>
  /** So that the number on the icons of their apps can be another. */
  readonly hasRead: Hook<UserId>
  /** So that other servers can be told of what is no event. */
  readonly passing: Hook<PassingNews>
}
