/**
 * POST /refresh. Client-server API, "Refreshing access tokens": the old refresh token counts until one of the new tokens is used.
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError } from '../errors.ts'
import { tokenHash } from '../tokens.ts'
import { newTokenPair } from './start-session.ts'

export const refresh = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/refresh',
    access: 'anyone',
    body: Type.Object({ refresh_token: Type.String() }),
    response: Type.Object({
      access_token: Type.String(),
      refresh_token: Type.Optional(Type.String()),
      expires_in_ms: Type.Optional(Type.Integer()),
    }),
  },
  async ({ context, body }) => {
    const { tables, database } = context
    const pair = tables.tokenPairs.byRefreshToken(tokenHash(body.refresh_token))
    if (pair === undefined)
      throw new ClientError('M_UNKNOWN_TOKEN', 'the refresh token is not known', { fields: { soft_logout: false } })
    if (tables.accounts.find(pair.userId)?.isLocked === true)
      throw new ClientError('M_USER_LOCKED', 'this account has been locked', { fields: { soft_logout: true } })
    const { add, tokens } = newTokenPair(context, pair.userId, pair.deviceId, true, pair.pair)
    // To use the new refresh token is a first use too: the pair before is over.
    const confirm = pair.replaces === undefined ? [] : tables.tokenPairs.confirm(pair.pair, pair.replaces)
    await database.write(...confirm, add)
    return tokens
  },
)
