/**
 * Names of new accounts. Client-server API, "Account registration"; appendices, "User Identifiers".
 */
import { newUserId, type UserId } from '@neurite/protocol'
import type { ApplicationService } from '../application-services/registration.ts'
import type { ClientContext } from '../context.ts'
import { ClientError } from '../errors.ts'

/**
 * A new account's ID. Capitals become small: names that differ by them alone would be taken for each other.
 * @param service who registers it for itself, and may name it in its own way
 * @throws {ClientError} `M_INVALID_USERNAME`, `M_EXCLUSIVE`, `M_USER_IN_USE`
 */
export function freeUserId(
  { tables, serverName, applicationServices }: ClientContext,
  username: string,
  service?: ApplicationService,
): UserId {
  const userId = newUserId(username.toLowerCase(), serverName)
  // A first underscore is what bridges give to their users.
  if (userId === undefined || (service === undefined && username.startsWith('_')))
    throw new ClientError('M_INVALID_USERNAME', 'a name has the characters a-z 0-9 . _ = - / + and begins with no _')
  if (service !== undefined && !applicationServices.covers(service, userId))
    throw new ClientError('M_EXCLUSIVE', `${userId} is not in a namespace of this application service`)
  applicationServices.refuseExclusive('users', userId, service)
  if (tables.accounts.find(userId) !== undefined) throw nameTaken()
  return userId
}

export function nameTaken(): ClientError {
  return new ClientError('M_USER_IN_USE', 'this name is taken')
}
