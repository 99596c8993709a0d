/**
 * The stages of user-interactive authentication. Client-server API, "Authentication types".
 */
import { timingSafeEqual } from 'node:crypto'
import type { UserId } from '@neurite/protocol'
import { accountOfIdentifier } from '../account/user-identifier.ts'
import { ClientError, forbidden } from '../errors.ts'
import { tokenHash } from '../tokens.ts'
import type { InteractiveRequest } from './authenticate-user.ts'
import type { StageName } from './sessions.ts'

type AuthenticationData = Readonly<Record<string, unknown>>

/**
 * Whether the client has passed a stage.
 * @returns who has shown a password, if anybody
 * @throws {ClientError} where it has not
 */
export async function tryStage(
  stage: StageName,
  auth: AuthenticationData,
  asked: InteractiveRequest,
): Promise<UserId | undefined> {
  switch (stage) {
    case 'm.login.dummy':
      return undefined
    case 'm.login.registration_token':
      return tryRegistrationToken(auth, asked)
    case 'm.login.password':
      return tryPassword(auth, asked)
  }
}

function tryRegistrationToken({ token }: AuthenticationData, { context }: InteractiveRequest): undefined {
  if (typeof token !== 'string' || !isRegistrationToken(token, context.settings.registration.tokens))
    throw forbidden('the registration token is not valid')
}

/** Compares hashes, so that the time it takes says nothing of the tokens. */
export function isRegistrationToken(token: string, tokens: readonly string[]): boolean {
  const hash = tokenHash(token)
  return tokens.filter(known => timingSafeEqual(tokenHash(known), hash)).length > 0
}

/** Somebody else has shown who they are: trying again would not make them the one who is asked. */
export class AnotherUser extends ClientError {
  constructor(message: string) {
    super('M_FORBIDDEN', message)
    this.name = 'AnotherUser'
  }
}

async function tryPassword(
  auth: AuthenticationData,
  { context, userId, request }: InteractiveRequest,
): Promise<UserId> {
  const { password } = auth
  if (typeof password !== 'string') throw new ClientError('M_MISSING_PARAM', 'the password is missing')
  context.rateLimits.count('login', userId ?? request.ip)
  const account = accountOfIdentifier(context, auth)
  const isRight = await context.passwords.fits(password, account?.passwordHash)
  if (account === undefined || !isRight) throw forbidden('the user or the password is wrong')
  if (userId !== undefined && account.userId !== userId) throw new AnotherUser(`${account.userId} is not you`)
  return account.userId
}
