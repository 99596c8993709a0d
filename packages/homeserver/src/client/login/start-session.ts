/**
 * A device of a user gets its tokens: the end of logging in and of registering. Client-server API, "Relationship between access
 * tokens and devices".
 */
import type { UserId } from '@neurite/protocol'
import { type Static, Type } from 'typebox'
import type { ClientContext } from '../context.ts'
import { forbidden } from '../errors.ts'
import { newDeviceId, newToken, tokenHash } from '../tokens.ts'

export interface SessionRequest {
  readonly userId: UserId
  /** Undefined: a new one is made. */
  readonly deviceId: string | undefined
  /** Of a device that is new. */
  readonly displayName: string | undefined
  /** The client can refresh its token, so that it may expire. */
  readonly canRefresh: boolean
}

/** What a client needs to make requests. */
export const session = Type.Object({
  user_id: Type.String(),
  access_token: Type.String(),
  device_id: Type.String(),
  refresh_token: Type.Optional(Type.String()),
  expires_in_ms: Type.Optional(Type.Integer()),
  home_server: Type.String(),
})

/**
 * Tokens that the device had before are over.
 * @throws {ClientError} `M_FORBIDDEN` where the device ID is one of the user's cross-signing keys
 */
export async function startSession(
  context: ClientContext,
  { userId, deviceId: wanted, displayName, canRefresh }: SessionRequest,
): Promise<Static<typeof session>> {
  const { tables, database, runtime, serverName } = context
  const deviceId = wanted ?? newDeviceId(runtime.randomness)
  const crossSigningKeys = Object.values(tables.crossSigning.of(userId))
  if (crossSigningKeys.some(({ publicKey }) => publicKey === deviceId))
    throw forbidden('the device ID is that of a cross-signing key')
  const { add, tokens } = newTokenPair(context, userId, deviceId, canRefresh, undefined)
  await database.write(
    tables.devices.ensure(userId, deviceId, displayName, runtime.clock.now()),
    tables.tokenPairs.removeOfDevice(userId, deviceId),
    add,
  )
  return { user_id: userId, device_id: deviceId, home_server: serverName, ...tokens }
}

/** A new pair of tokens: the statement that adds it, and what the client gets. */
export function newTokenPair(
  { tables, runtime, settings }: ClientContext,
  userId: UserId,
  deviceId: string,
  canRefresh: boolean,
  replaces: number | undefined,
) {
  const accessToken = newToken('access', runtime.randomness)
  const refreshToken = canRefresh ? newToken('refresh', runtime.randomness) : undefined
  const lifetime = canRefresh ? settings.accessTokenLifetime : undefined
  const add = tables.tokenPairs.add({
    userId,
    deviceId,
    accessHash: tokenHash(accessToken),
    refreshHash: refreshToken === undefined ? undefined : tokenHash(refreshToken),
    expiresAt: lifetime === undefined ? undefined : runtime.clock.now() + lifetime,
    replaces,
  })
  const tokens = {
    access_token: accessToken,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(lifetime === undefined ? {} : { expires_in_ms: lifetime }),
  }
  return { add, tokens }
}
