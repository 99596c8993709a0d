/**
 * Who calls: the access token of a request, and the account and device that it belongs to. Client-server API, "Using access tokens",
 * "Account locking", "Account suspension".
 */
import type { UserId } from '@neurite/protocol'
import type { Account } from '../storage/accounts.ts'
import { type AssertedIdentity, actingAs } from './application-services/identity.ts'
import type { ApplicationService } from './application-services/registration.ts'
import type { ClientContext } from './context.ts'
import type { EndpointData } from './endpoint.ts'
import { ClientError, forbidden } from './errors.ts'
import { tokenHash } from './tokens.ts'

/** Who a request comes from. */
export interface Caller {
  readonly userId: UserId
  /** Undefined: an application service that named none. */
  readonly deviceId: string | undefined
  /** What its transaction IDs are told apart by. */
  readonly session: string
  readonly isAdmin: boolean
  /** The application service that acts as the user. */
  readonly service: ApplicationService | undefined
}

/** What of a request may hold a token. */
export interface Credentials {
  readonly authorization: string | undefined
  /** The query's; the specification has it up to v1.19. */
  readonly accessToken: string | undefined
  /** Whom an application service acts as. */
  readonly asserted: AssertedIdentity
}

type Restrictions = Pick<EndpointData, 'access' | 'whileLocked' | 'notWhileSuspended'>

/** @throws {ClientError} where an endpoint needs a token and there is none, or there is one that is no good */
export async function authenticate(
  context: ClientContext,
  endpoint: Restrictions,
  credentials: Credentials,
): Promise<Caller | undefined> {
  if (endpoint.access === 'anyone') return undefined
  const token = tokenOf(credentials)
  if (token === undefined) {
    if (endpoint.access === 'optional') return undefined
    throw new ClientError('M_MISSING_TOKEN', 'there is no access token')
  }
  const { tables, runtime, applicationServices } = context
  const service = applicationServices.byToken(token)
  if (service !== undefined) {
    const { account, deviceId } = actingAs(context, service, credentials.asserted)
    refuseRestricted(account, endpoint)
    const session = deviceId ?? `application service ${service.id}`
    return { userId: account.userId, deviceId, session, isAdmin: account.isAdmin, service }
  }
  const pair = tables.tokenPairs.byAccessToken(tokenHash(token))
  if (pair === undefined) throw new ClientError('M_UNKNOWN_TOKEN', 'the access token is not known', notSoft)
  if (pair.expiresAt !== undefined && pair.expiresAt <= runtime.clock.now())
    throw new ClientError('M_UNKNOWN_TOKEN', 'the access token has expired', soft)
  const account = tables.accounts.find(pair.userId)
  if (account === undefined) throw new Error(`a token without an account: ${pair.userId}`)
  refuseRestricted(account, endpoint)
  // The first use of a refreshed token ends the one before.
  if (pair.replaces !== undefined) await context.database.write(...tables.tokenPairs.confirm(pair.pair, pair.replaces))
  const { userId, deviceId } = pair
  return { userId, deviceId, session: deviceId, isAdmin: account.isAdmin, service: undefined }
}

/** @throws {ClientError} where the account may not use the endpoint */
function refuseRestricted(account: Account, endpoint: Restrictions): void {
  if (account.isLocked && endpoint.whileLocked !== true)
    throw new ClientError('M_USER_LOCKED', 'this account has been locked', soft)
  if (account.isSuspended && endpoint.notWhileSuspended === true)
    throw new ClientError('M_USER_SUSPENDED', 'you cannot do this while your account is suspended')
  if (endpoint.access === 'admin' && !account.isAdmin) throw forbidden('only administrators of this server may do this')
}

const soft = { fields: { soft_logout: true } }
const notSoft = { fields: { soft_logout: false } }

/** The application service whose token a request shows. @throws {ClientError} where it shows none, or another */
export function serviceOf({ applicationServices }: ClientContext, credentials: Credentials): ApplicationService {
  const token = tokenOf(credentials)
  if (token === undefined) throw new ClientError('M_MISSING_TOKEN', 'there is no access token')
  const service = applicationServices.byToken(token)
  if (service === undefined)
    throw new ClientError('M_UNKNOWN_TOKEN', 'the access token is that of no application service', notSoft)
  return service
}

/** The device that a caller is on. @throws {ClientError} `M_MISSING_PARAM` for an application service that named none */
export function deviceOf({ deviceId }: Caller): string {
  if (deviceId === undefined) throw new ClientError('M_MISSING_PARAM', 'this needs a device: device_id names it')
  return deviceId
}

function tokenOf({ authorization, accessToken }: Credentials): string | undefined {
  if (authorization !== undefined) {
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
    if (token !== undefined) return token
  }
  return accessToken
}

/** Requests about a user's own things name the user in their path. @throws {ClientError} where it is another's */
export function mustBeOwn(caller: Caller, userId: string): void {
  if (caller.userId !== userId) throw forbidden(`${userId} is not you`)
}
