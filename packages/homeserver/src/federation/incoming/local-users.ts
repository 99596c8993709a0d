/**
 * What the federation head asks of the rest of the server: its users, their devices and keys, its media, and who wants to hear what other
 * servers tell. The client head implements it; a server without clients has {@link nobodyHere}.
 */
import type { Readable } from 'node:stream'
import type { JsonObject, ServerName, UserId } from '@neurite/protocol'

/** A user's devices. Server-server API, "Device Management": as `GET /user/devices/{userId}` gives them. */
export interface DevicesOfUser {
  readonly stream_id: number
  readonly devices: readonly JsonObject[]
  readonly master_key?: JsonObject
  readonly self_signing_key?: JsonObject
}

/** Keys by user, as `POST /user/keys/query` gives them. */
export interface KeysOfUsers {
  readonly device_keys: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly master_keys?: Readonly<Record<string, unknown>>
  readonly self_signing_keys?: Readonly<Record<string, unknown>>
}

export interface ThumbnailSize {
  readonly width: number
  readonly height: number
  readonly method: 'crop' | 'scale'
  readonly animated: boolean
}

export interface StoredMedia {
  readonly contentType: string
  /** As the `Content-Disposition` header has it. */
  readonly contentDisposition: string | undefined
  readonly stream: Readable
}

/** An EDU of another server. Server-server API, "EDUs". */
export interface IncomingEdu {
  readonly origin: ServerName
  readonly type: string
  readonly content: JsonObject
}

export interface LocalUsers {
  /** Whether there is such a user, who can still be reached. */
  exists(userId: UserId): Promise<boolean>
  /** All fields, or the one; undefined where there is no such user. */
  profile(userId: UserId, field: string | undefined): Promise<Readonly<Record<string, unknown>> | undefined>
  /** Undefined where there is no such user. */
  devices(userId: UserId): Promise<DevicesOfUser | undefined>
  /** @param wanted device IDs by user; none is all of them */
  keys(wanted: Readonly<Record<string, readonly string[]>>): Promise<KeysOfUsers>
  /** Gives one-time keys out. @param wanted algorithms by user and device. @returns keys by user, device and key ID */
  claimKeys(
    wanted: Readonly<Record<string, Readonly<Record<string, string>>>>,
  ): Promise<Readonly<Record<string, unknown>>>
  /** Whose OpenID token it is; undefined where it is none, or too old. */
  userOfOpenIdToken(token: string): Promise<UserId | undefined>
}

export interface LocalMedia {
  /** Undefined where there is no such media here. */
  download(mediaId: string, signal: AbortSignal): Promise<StoredMedia | undefined>
  thumbnail(mediaId: string, size: ThumbnailSize, signal: AbortSignal): Promise<StoredMedia | undefined>
}

/** No users, and no media. */
export const nobodyHere: LocalUsers & LocalMedia = {
  exists: () => Promise.resolve(false),
  profile: () => Promise.resolve(undefined),
  devices: () => Promise.resolve(undefined),
  keys: () => Promise.resolve({ device_keys: {} }),
  claimKeys: () => Promise.resolve({}),
  userOfOpenIdToken: () => Promise.resolve(undefined),
  download: () => Promise.resolve(undefined),
  thumbnail: () => Promise.resolve(undefined),
}
