/**
 * POST /keys/device_signing/upload: a user's cross-signing keys. Client-server API, "Cross-signing".
 */
import type { UserId } from '@neurite/protocol'
import { type Static, Type } from 'typebox'
import type { CrossSigningKey, CrossSigningUsage } from '../../storage/cross-signing.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { ClientError, forbidden, invalidParameter } from '../errors.ts'
import { authenticationData, empty } from '../schemas.ts'
import { authenticateUser } from '../user-interactive/authenticate-user.ts'
import { crossSigningKey } from './key-schemas.ts'
import { hasSignature, isSameJson } from './same-json.ts'

type Keys = Partial<Record<CrossSigningUsage, CrossSigningKey>>

const usages = ['master', 'self_signing', 'user_signing'] as const

export const deviceSigningUpload = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/keys/device_signing/upload',
    access: 'user',
    body: Type.Object({
      master_key: Type.Optional(crossSigningKey),
      self_signing_key: Type.Optional(crossSigningKey),
      user_signing_key: Type.Optional(crossSigningKey),
      auth: Type.Optional(authenticationData),
    }),
    response: empty,
  },
  async ({ context, caller, body, request }) => {
    const { tables, streams, turns } = context
    const { userId } = caller
    const given = {
      master: keyOf(body.master_key, 'master', userId),
      self_signing: keyOf(body.self_signing_key, 'self_signing', userId),
      user_signing: keyOf(body.user_signing_key, 'user_signing', userId),
    }
    const known = tables.crossSigning.of(userId)
    checkKeys(context, userId, given, known)
    // A first set is free, and so is the same once more: its answer may have been lost.
    if (isNothingNew(given, known)) return {}
    if (known.master !== undefined)
      await authenticateUser({ context, request, body, flows: [['m.login.password']], userId })
    await turns.take(`cross-signing ${userId}`, async () => {
      const now = tables.crossSigning.of(userId)
      if (known.master === undefined && now.master !== undefined)
        throw forbidden('cross-signing keys were uploaded at the same time')
      await streams.write(
        { device_lists: [userId] },
        ...usages.flatMap(usage => {
          const key = given[usage]
          return key === undefined ? [] : tables.crossSigning.set(userId, usage, key)
        }),
        tables.deviceKeys.changed(userId),
      )
    })
    return {}
  },
)

function keyOf(
  key: Static<typeof crossSigningKey> | undefined,
  usage: CrossSigningUsage,
  userId: UserId,
): CrossSigningKey | undefined {
  if (key === undefined) return undefined
  const [[keyId, publicKey]] = Object.entries(key.keys) as [[string, string]]
  if (key.user_id !== userId) throw invalidParameter(`the ${usage} key is not yours`)
  if (!key.usage.includes(usage)) throw invalidParameter(`the ${usage} key is for something else`)
  if (keyId !== `ed25519:${publicKey}`) throw invalidParameter(`the ID of the ${usage} key is not ed25519:PUBLIC_KEY`)
  return { publicKey, key }
}

/** @throws {ClientError} where there is no master key, a signature is wrong, or a device has the key as its ID */
function checkKeys(
  { tables }: ClientContext,
  userId: UserId,
  given: Partial<Record<CrossSigningUsage, CrossSigningKey | undefined>>,
  known: Keys,
): void {
  const master = given.master ?? known.master
  if (master === undefined) throw new ClientError('M_MISSING_PARAM', 'there is no master key')
  for (const usage of usages) {
    const key = given[usage]
    if (key === undefined) continue
    if (tables.devices.find(userId, key.publicKey) !== undefined)
      throw forbidden(`a device has the ${usage} key as its ID`)
    if (usage !== 'master' && !hasSignature(key.key, userId, `ed25519:${master.publicKey}`, master.publicKey))
      throw new ClientError('M_INVALID_SIGNATURE', `the ${usage} key is not signed by the master key`)
  }
}

function isNothingNew(given: Partial<Record<CrossSigningUsage, CrossSigningKey | undefined>>, known: Keys): boolean {
  return usages.every(usage => given[usage] === undefined || isSameJson(given[usage]?.key, known[usage]?.key))
}
