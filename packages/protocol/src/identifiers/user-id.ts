/**
 * User IDs: `@localpart:server`. What is received is held to the historical grammar, what is made here to today's.
 * Appendices, "User Identifiers" and "Historical User IDs".
 */
import type { Branded } from './branded.ts'
import { hasLocalpartAndServerName } from './common-format.ts'
import type { ServerName } from './server-name.ts'

/** A user ID by the historical grammar, which every server must accept in events. */
export type UserId = Branded<'UserId'>

const sigil = '@'
const newLocalpart = /^[a-z0-9._=\-/+]+$/

/**
 * Whether `value` is a user ID that an event may carry: at most 255 bytes, a valid server name, and a localpart of any
 * code points except `:` and NUL, even none at all. This is what "valid user ID" means in the authorization rules.
 */
export function isUserId(value: unknown): value is UserId {
  return typeof value === 'string' && hasLocalpartAndServerName(value, sigil)
}

/** `value` as a user ID by the historical grammar, or `undefined`. */
export function parseUserId(value: unknown): UserId | undefined {
  return isUserId(value) ? value : undefined
}

/** Whether a new account may have this ID: the historical grammar, and `a-z 0-9 . _ = - / +` only, at least one. */
export function isNewUserId(value: unknown): value is UserId {
  return isUserId(value) && newLocalpart.test(localpartOf(value))
}

/** The user ID of a new account, or `undefined` when today's grammar does not admit it. */
export function newUserId(localpart: string, serverName: ServerName): UserId | undefined {
  const userId = `${sigil}${localpart}:${serverName}`
  return isNewUserId(userId) ? userId : undefined
}

/** The server that the user belongs to. */
export function serverNameOf(userId: UserId): ServerName {
  return userId.slice(userId.indexOf(':') + 1) as ServerName
}

/** What stands between the sigil and the first colon; may be empty. */
export function localpartOf(userId: UserId): string {
  return userId.slice(sigil.length, userId.indexOf(':'))
}

/** Whether the user belongs to the server, without cutting the ID apart. */
export function belongsTo(userId: UserId, serverName: ServerName): boolean {
  return userId.length - userId.indexOf(':') - 1 === serverName.length && userId.endsWith(serverName)
}
