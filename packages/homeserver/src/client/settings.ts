/**
 * What of the configuration the client head goes by, in the units that it counts in.
 */
import { bytesOf, type Configuration, millisecondsOf } from '../config/index.ts'
import type { LimitKind } from './endpoint.ts'
import type { RateLimitSettings } from './rate-limits.ts'

export interface ClientSettings {
  /** Where clients reach this server; undefined: they know it already. */
  readonly publicUrl: string | undefined
  readonly support: SupportContact
  /** Undefined: nothing is told that way. */
  readonly serverNotices: ServerNoticeSettings | undefined
  readonly registration: RegistrationSettings
  /** Characters of a password. */
  readonly minPasswordLength: number
  /** scrypt's N: memory is 1 KiB times this. */
  readonly passwordCost: number
  /** Of access tokens of clients that can refresh them; milliseconds. */
  readonly accessTokenLifetime: number
  readonly media: MediaSettings
  /** Of rooms that are created without a word about it. */
  readonly defaultRoomVersion: string
  readonly rateLimits: RateLimitSettings
}

export interface SupportContact {
  readonly matrixId: string | undefined
  readonly email: string | undefined
  readonly page: string | undefined
}

/** Whom notices of the server come from, and what their rooms are called. */
export interface ServerNoticeSettings {
  readonly localpart: string
  readonly displayName: string
  readonly roomName: string
}

export interface RegistrationSettings {
  readonly mode: 'open' | 'token' | 'disabled'
  /** Each opens any number of accounts, in mode `token`. */
  readonly tokens: readonly string[]
}

export interface MediaSettings {
  /** Bytes of a file. */
  readonly maxUpload: number
  /** Whether the paths of old give media out without a token. */
  readonly allowWithoutToken: boolean
}

export function clientSettings({ client, rooms }: Pick<Configuration, 'client' | 'rooms'>): ClientSettings {
  const { registration, passwords, media, rate_limits, support, server_notices: notices } = client
  return {
    publicUrl: client.public_url,
    support: { matrixId: support.matrix_id, email: support.email, page: support.page },
    serverNotices: notices && {
      localpart: notices.localpart,
      displayName: notices.display_name,
      roomName: notices.room_name,
    },
    registration: { mode: registration.mode, tokens: registration.tokens },
    minPasswordLength: passwords.min_length,
    passwordCost: 2 ** passwords.cost,
    accessTokenLifetime: millisecondsOf(client.access_token_lifetime),
    media: {
      maxUpload: bytesOf(media.max_upload),
      allowWithoutToken: media.allow_without_token,
    },
    defaultRoomVersion: rooms.default_version,
    rateLimits: rate_limits.enabled ? rateLimits(rate_limits) : {},
  }
}

function rateLimits(given: Configuration['client']['rate_limits']): RateLimitSettings {
  const kinds: readonly LimitKind[] = ['request', 'login', 'registration', 'media']
  return Object.fromEntries(
    kinds.map(kind => [kind, { perSecond: given[kind].per_minute / 60, burst: given[kind].burst }]),
  )
}
