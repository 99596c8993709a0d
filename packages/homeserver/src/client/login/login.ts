/**
 * POST /login. Client-server API, "Login".
 */
import { type Static, Type } from 'typebox'
import type { Account } from '../../storage/accounts.ts'
import { accountOfIdentifier } from '../account/user-identifier.ts'
import { actingAs } from '../application-services/identity.ts'
import { serviceOf } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError, forbidden } from '../errors.ts'
import { deviceDisplayName, deviceId, password, userIdentifier } from '../schemas.ts'
import { applicationServiceType } from './login-flows.ts'
import { session, startSession } from './start-session.ts'

const wish = Type.Object({
  type: Type.String(),
  identifier: Type.Optional(userIdentifier),
  user: Type.Optional(Type.String()),
  password: Type.Optional(password),
  device_id: Type.Optional(deviceId),
  initial_device_display_name: Type.Optional(deviceDisplayName),
  refresh_token: Type.Optional(Type.Boolean()),
})

export const login = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/login',
    access: 'anyone',
    limit: 'login',
    body: wish,
    response: session,
  },
  async ({ context, body, request }) => {
    if (body.type === applicationServiceType) {
      const service = serviceOf(context, request.credentials)
      const userId = accountOfIdentifier(context, body)?.userId
      if (userId === undefined) throw forbidden('there is no such user')
      const { account } = actingAs(context, service, { userId, deviceId: undefined })
      return sessionFor(context, account, body)
    }
    if (body.type !== 'm.login.password')
      throw new ClientError('M_UNKNOWN', `${body.type} is no way to log in here`, { status: 400 })
    if (body.password === undefined) throw new ClientError('M_MISSING_PARAM', 'the password is missing')
    const account = accountOfIdentifier(context, body)
    if (account !== undefined) context.rateLimits.count('login', account.userId)
    const isRight = await context.passwords.fits(body.password, account?.passwordHash)
    if (account?.deactivatedAt !== undefined)
      throw new ClientError('M_USER_DEACTIVATED', 'this account has been deactivated')
    if (account === undefined || !isRight) throw forbidden('the user or the password is wrong')
    return sessionFor(context, account, body)
  },
)

function sessionFor(context: ClientContext, account: Account, body: Static<typeof wish>) {
  if (account.isLocked)
    throw new ClientError('M_USER_LOCKED', 'this account has been locked', { fields: { soft_logout: true } })
  return startSession(context, {
    userId: account.userId,
    deviceId: body.device_id,
    displayName: body.initial_device_display_name,
    canRefresh: body.refresh_token === true,
  })
}
