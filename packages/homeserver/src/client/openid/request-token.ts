/**
 * POST /user/{userId}/openid/request_token. Client-server API, "OpenID".
 */
import { Type } from 'typebox'
import { mustBeOwn } from '../authenticate.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { newToken, tokenHash } from '../tokens.ts'

/** Seconds: enough to show it to somebody. */
const lifetime = 3_600

export const requestOpenIdToken = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/user/{userId}/openid/request_token',
    access: 'user',
    response: Type.Object({
      access_token: Type.String(),
      token_type: Type.Literal('Bearer'),
      matrix_server_name: Type.String(),
      expires_in: Type.Integer(),
    }),
  },
  async ({ context, caller, parameters }) => {
    const { tables, database, runtime, serverName } = context
    mustBeOwn(caller, parameters.userId)
    const token = newToken('openid', runtime.randomness)
    const now = runtime.clock.now()
    await database.write(
      tables.openIdTokens.removeExpired(now),
      tables.openIdTokens.add(tokenHash(token), caller.userId, now + lifetime * 1_000),
    )
    return { access_token: token, token_type: 'Bearer' as const, matrix_server_name: serverName, expires_in: lifetime }
  },
)
