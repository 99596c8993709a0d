/**
 * POST /register. Client-server API, "Account registration".
 */
import type { UserId } from '@neurite/protocol'
import { type Static, Type } from 'typebox'
import { checkNewPassword } from '../account/password-rules.ts'
import { serviceOf } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError, forbidden } from '../errors.ts'
import { applicationServiceType } from '../login/login-flows.ts'
import { startSession } from '../login/start-session.ts'
import { authenticationData, deviceDisplayName, deviceId, password } from '../schemas.ts'
import { newLocalpart } from '../tokens.ts'
import { authenticateUser } from '../user-interactive/authenticate-user.ts'
import { createAccount } from './create-account.ts'
import { freeUserId } from './usernames.ts'

const wish = Type.Object({
  auth: Type.Optional(authenticationData),
  /** Of application services alone; others have it in `auth`. */
  type: Type.Optional(Type.String()),
  username: Type.Optional(Type.String()),
  password: Type.Optional(password),
  device_id: Type.Optional(deviceId),
  initial_device_display_name: Type.Optional(deviceDisplayName),
  inhibit_login: Type.Optional(Type.Boolean()),
  refresh_token: Type.Optional(Type.Boolean()),
})

export const register = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/register',
    access: 'anyone',
    limit: 'registration',
    query: Type.Object({ kind: Type.Optional(Type.Union([Type.Literal('user'), Type.Literal('guest')])) }),
    body: wish,
    response: Type.Object({
      user_id: Type.String(),
      access_token: Type.Optional(Type.String()),
      device_id: Type.Optional(Type.String()),
      refresh_token: Type.Optional(Type.String()),
      expires_in_ms: Type.Optional(Type.Integer()),
      home_server: Type.Optional(Type.String()),
    }),
  },
  async ({ context, query, body, request }) => {
    if (query.kind === 'guest') throw forbidden('there are no guest accounts here')
    if (body.type === applicationServiceType) {
      const service = serviceOf(context, request.credentials)
      if (body.username === undefined) throw new ClientError('M_MISSING_PARAM', 'the username is missing')
      const userId = freeUserId(context, body.username, service)
      await createAccount(context, userId, undefined, { isAdmin: false })
      return answerTo(context, body, userId)
    }
    // What can be said before somebody goes through all the stages is said before.
    if (body.username !== undefined) freeUserId(context, body.username)
    if (body.password !== undefined) checkNewPassword(context, body.password)
    await authenticateUser({ context, request, body, flows: registrationFlows(context), userId: undefined })
    if (body.password === undefined) throw new ClientError('M_MISSING_PARAM', 'the password is missing')
    const userId = freeUserId(context, body.username ?? newLocalpart(context.runtime.randomness))
    await createAccount(context, userId, body.password, { isAdmin: false })
    return answerTo(context, body, userId)
  },
)

/** What the new user gets: a session, unless they want none. */
async function answerTo(context: ClientContext, body: Static<typeof wish>, userId: UserId) {
  if (body.inhibit_login === true) return { user_id: userId }
  return startSession(context, {
    userId,
    deviceId: body.device_id,
    displayName: body.initial_device_display_name,
    canRefresh: body.refresh_token === true,
  })
}

/** @throws {ClientError} where nobody may register */
export function registrationFlows({ settings }: ClientContext) {
  switch (settings.registration.mode) {
    case 'open':
      return [['m.login.dummy']] as const
    case 'token':
      return [['m.login.registration_token']] as const
    case 'disabled':
      throw forbidden('this server takes no new accounts')
  }
}
