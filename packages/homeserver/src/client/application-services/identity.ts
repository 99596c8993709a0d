/**
 * Who an application service acts as: it shows its own token and names the user, and the device. Application service API, "Identity
 * assertion".
 */
import { isUserId } from '@neurite/protocol'
import type { Account } from '../../storage/accounts.ts'
import type { ClientContext } from '../context.ts'
import { ClientError, forbidden } from '../errors.ts'
import type { ApplicationService } from './registration.ts'

/** What of a request's query says it. */
export interface AssertedIdentity {
  readonly userId: string | undefined
  readonly deviceId: string | undefined
}

export interface ActingAs {
  readonly account: Account
  readonly deviceId: string | undefined
}

/** @throws {ClientError} `M_FORBIDDEN` where the user is none of the service's; `M_UNKNOWN_DEVICE` where the device is none of theirs */
export function actingAs(
  { tables, applicationServices }: ClientContext,
  service: ApplicationService,
  { userId = service.sender, deviceId }: AssertedIdentity,
): ActingAs {
  if (!isUserId(userId) || !applicationServices.covers(service, userId))
    throw forbidden(`${userId} is not in a namespace of this application service`)
  const account = tables.accounts.find(userId)
  if (account === undefined || account.deactivatedAt !== undefined)
    throw forbidden(`the application service has not registered ${userId}`)
  if (deviceId !== undefined && tables.devices.find(userId, deviceId) === undefined)
    throw new ClientError('M_UNKNOWN_DEVICE', `${userId} has no device ${deviceId}`)
  return { account, deviceId }
}
