/**
 * Which account a client means. Client-server API, "Identifier types"; addresses and telephone numbers are not kept here.
 */
import { isUserId, newUserId } from '@neurite/protocol'
import type { Account } from '../../storage/accounts.ts'
import type { ClientContext } from '../context.ts'

/**
 * @param named has an `identifier`, or the `user` of older clients
 * @returns undefined where there is no such account
 */
export function accountOfIdentifier(
  { tables, serverName }: ClientContext,
  named: { readonly identifier?: unknown; readonly user?: unknown },
): Account | undefined {
  const { type = 'm.id.user', user = named.user } = (named.identifier ?? {}) as { type?: unknown; user?: unknown }
  if (type !== 'm.id.user' || typeof user !== 'string') return undefined
  // Names were made lower case when the account was; people type them as they like.
  const userId = isUserId(user) ? user : newUserId(user.toLowerCase(), serverName)
  if (userId === undefined) return undefined
  return tables.accounts.find(userId) ?? tables.accounts.find(userId.toLowerCase())
}
