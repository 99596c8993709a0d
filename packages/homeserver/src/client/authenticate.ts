/**
 * Who calls: the access token of a request, and the account and device that it belongs to. Client-server API, "Using access tokens",
 * "Account locking", "Account suspension".
 */
import type { UserId } from '@neurite/protocol'
import type { ClientContext } from './context.ts'
import type { EndpointData } from './endpoint.ts'
import { ClientError, forbidden } from './errors.ts'
import { tokenHash } from './tokens.ts'

/** Who a request comes from. */
export interface Caller {
  readonly userId: UserId
  readonly deviceId: string
  readonly isAdmin: boolean
}

/** What of a request may hold a token. */
export interface Credentials {
  readonly authorization: string | undefined
  /** The query's; the specification has it up to v1.19. */
  readonly accessToken: string | undefined
}

/** @throws {ClientError} where an endpoint needs a token and there is none, or there is one that is no good */
export async function authenticate(
  context: ClientContext,
  endpoint: Pick<EndpointData, 'access' | 'whileLocked' | 'notWhileSuspended'>,
  credentials: Credentials,
): Promise<Caller | undefined> {
  if (endpoint.access === 'anyone') return undefined
  const token = tokenOf(credentials)
  if (token === undefined) {
    if (endpoint.access === 'optional') return undefined
    throw new ClientError('M_MISSING_TOKEN', 'there is no access token')
  }
  const { tables, runtime } = context
  const pair = tables.tokenPairs.byAccessToken(tokenHash(token))
  if (pair === undefined) throw new ClientError('M_UNKNOWN_TOKEN', 'the access token is not known', notSoft)
  if (pair.expiresAt !== undefined && pair.expiresAt <= runtime.clock.now())
    throw new ClientError('M_UNKNOWN_TOKEN', 'the access token has expired', soft)
  const account = tables.accounts.find(pair.userId)
  if (account === undefined) throw new Error(`a token without an account: ${pair.userId}`)
  if (account.isLocked && endpoint.whileLocked !== true)
    throw new ClientError('M_USER_LOCKED', 'this account has been locked', soft)
  if (account.isSuspended && endpoint.notWhileSuspended === true)
    throw new ClientError('M_USER_SUSPENDED', 'you cannot do this while your account is suspended')
  if (endpoint.access === 'admin' && !account.isAdmin) throw forbidden('only administrators of this server may do this')
  // The first use of a refreshed token ends the one before.
  if (pair.replaces !== undefined) await context.database.write(...tables.tokenPairs.confirm(pair.pair, pair.replaces))
  return { userId: pair.userId, deviceId: pair.deviceId, isAdmin: account.isAdmin }
}

const soft = { fields: { soft_logout: true } }
const notSoft = { fields: { soft_logout: false } }

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
