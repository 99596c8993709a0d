/**
 * What the endpoints of the client head work with.
 */
import type { ServerName, UserId } from '@neurite/protocol'
import type { RoomServerApi } from '@neurite/roomserver/api'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { Database } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'
import type { LastSeen } from './devices/last-seen.ts'
import type { Hook } from './hook.ts'
import type { Passwords } from './passwords.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Nonces } from './registration/nonces.ts'
import type { RemoteUsers } from './remote-users.ts'
import type { ClientSettings } from './settings.ts'
import type { Streams } from './streams.ts'
import type { Turns } from './turns.ts'
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

  readonly passwords: Passwords
  readonly interactive: InteractiveSessions
  readonly rateLimits: RateLimits
  readonly lastSeen: LastSeen

  readonly remoteUsers: RemoteUsers

  /** So that rooms can tell their members. */
  readonly profileChanged: Hook<ProfileChange>
  /** So that rooms can be left. */
  readonly accountClosed: Hook<AccountClosed>
}
