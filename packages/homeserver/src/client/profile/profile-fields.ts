/**
 * What fields a profile may have. Client-server API, "Profiles"; appendices, "Common Namespaced Identifier Grammar".
 */
import { canonicalJson, type JsonValue, type UserId, utf8Length } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import { ClientError, invalidParameter } from '../errors.ts'

/** Bytes of a whole profile, as canonical JSON. */
const maxProfile = 64 * 1024
/** Bytes of a field's name. */
const maxFieldName = 255
/** Everything else has a namespace: `m.…` or somebody's domain, backwards. */
const known = new Set(['avatar_url', 'displayname', 'm.tz'])
const namespaced = /^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$/
/** Member events carry names and avatars to every member of every room: these are bounded far below 64 KiB. */
const maxDisplayName = 256
const maxAvatarUrl = 1_000

/** @throws {ClientError} `M_KEY_TOO_LARGE`, `M_INVALID_PARAM` */
export function checkFieldName(field: string): void {
  if (utf8Length(field) > maxFieldName) throw new ClientError('M_KEY_TOO_LARGE', 'the name of the field is too long')
  if (!known.has(field) && !namespaced.test(field)) throw invalidParameter(`${field} is no name of a profile field`)
}

/** @throws {ClientError} `M_INVALID_PARAM` where the specification says what a field holds, and this is not it */
export function checkFieldValue(field: string, value: unknown): void {
  if (!known.has(field)) return
  if (typeof value !== 'string') throw invalidParameter(`${field} must be a string`)
  if (field === 'displayname' && value.length > maxDisplayName)
    throw invalidParameter(`a display name has at most ${maxDisplayName} characters`)
  if (field === 'avatar_url' && (value.length > maxAvatarUrl || !/^(mxc:\/\/.+)?$/.test(value)))
    throw invalidParameter('an avatar is an mxc:// URI')
}

/** @throws {ClientError} `M_PROFILE_TOO_LARGE` where a profile would outgrow 64 KiB with a field's new value */
export function checkProfileSize({ tables }: ClientContext, userId: UserId, field: string, value: unknown): void {
  const fields = tables.profiles.of(userId).set(field, value)
  if (utf8Length(canonicalProfile(fields)) > maxProfile)
    throw new ClientError('M_PROFILE_TOO_LARGE', 'a profile has at most 64 KiB')
}

function canonicalProfile(fields: ReadonlyMap<string, unknown>): string {
  const profile = Object.fromEntries(fields) as Record<string, JsonValue>
  try {
    return canonicalJson(profile)
  } catch (error) {
    throw new ClientError('M_BAD_JSON', `the value has no canonical JSON: ${(error as Error).message}`)
  }
}
