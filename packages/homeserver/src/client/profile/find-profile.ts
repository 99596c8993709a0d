/**
 * Profiles of users here and elsewhere. Client-server API, "Profiles".
 */
import { belongsTo, isUserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import type { RequestFacts } from '../endpoint.ts'
import { type ClientError, invalidParameter, notFound } from '../errors.ts'

/**
 * The profile of any user, or one field of it.
 * @throws {ClientError} `M_NOT_FOUND` where there is no such user or field
 */
export async function findProfile(
  { tables, serverName, remoteUsers }: ClientContext,
  userId: string,
  field: string | undefined,
  { signal }: RequestFacts,
): Promise<Record<string, unknown>> {
  if (!isUserId(userId)) throw invalidParameter(`${userId} is no user ID`)
  if (!belongsTo(userId, serverName)) {
    const profile = await remoteUsers.profile(userId, field, signal)
    if (field === undefined) return { ...profile }
    if (!Object.hasOwn(profile, field)) throw noSuchField(userId, field)
    return { [field]: profile[field] }
  }
  const account = tables.accounts.find(userId)
  if (account === undefined || account.deactivatedAt !== undefined) throw notFound(`there is no user ${userId}`)
  if (field === undefined) return Object.fromEntries(tables.profiles.of(userId))
  const found = tables.profiles.field(userId, field)
  if (found === undefined) throw noSuchField(userId, field)
  return Object.fromEntries([[field, found.value]])
}

function noSuchField(userId: string, field: string): ClientError {
  return notFound(`the profile of ${userId} has no ${field}`)
}
