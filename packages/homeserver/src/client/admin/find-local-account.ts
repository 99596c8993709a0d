/**
 * The account that an administrator means. Client-server API, "Server administration", "Account moderation".
 */
import { belongsTo, isUserId } from '@neurite/protocol'
import type { Account } from '../../storage/accounts.ts'
import type { ClientContext } from '../context.ts'
import { invalidParameter, notFound } from '../errors.ts'

/** @throws {ClientError} `M_INVALID_PARAM` where it is none of this server; `M_NOT_FOUND` */
export function findLocalAccount({ tables, serverName }: ClientContext, userId: string): Account {
  if (!isUserId(userId) || !belongsTo(userId, serverName)) throw invalidParameter(`${userId} is no user of this server`)
  const account = tables.accounts.find(userId)
  if (account === undefined || account.deactivatedAt !== undefined) throw notFound(`there is no account ${userId}`)
  return account
}
