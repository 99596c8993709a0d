/**
 * POST /keys/upload. Client-server API, "Uploading keys".
 */
import type { UserId } from '@neurite/protocol'
import { Type } from 'typebox'
import type { ClaimableKey } from '../../storage/device-keys.ts'
import { deviceOf } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { invalidParameter } from '../errors.ts'
import { claimableKeys, deviceKeys } from './key-schemas.ts'
import { isSameJson } from './same-json.ts'

export const keysUpload = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/keys/upload',
    access: 'user',
    body: Type.Object({
      device_keys: Type.Optional(deviceKeys),
      one_time_keys: Type.Optional(claimableKeys),
      fallback_keys: Type.Optional(claimableKeys),
    }),
    response: Type.Object({ one_time_key_counts: Type.Record(Type.String(), Type.Integer()) }),
  },
  async ({ context, caller, body }) => {
    const { tables, streams, turns } = context
    const { userId } = caller
    const deviceId = deviceOf(caller)
    const { device_keys: identity, one_time_keys: oneTime = {}, fallback_keys: fallback = {} } = body
    if (identity !== undefined && (identity.user_id !== userId || identity.device_id !== deviceId))
      throw invalidParameter('device_keys are not those of this device')
    await turns.take(`keys ${userId} ${deviceId}`, async () => {
      const statements = [
        ...newKeys(context, userId, deviceId, claimable(oneTime)).map(key =>
          tables.deviceKeys.addOneTimeKey(userId, deviceId, key),
        ),
        ...claimable(fallback).map(key => tables.deviceKeys.setFallbackKey(userId, deviceId, key)),
      ]
      // The same once more is no news to anybody.
      if (identity === undefined || isSameJson(identity, tables.deviceKeys.find(userId, deviceId)))
        await streams.write({}, ...statements)
      else
        await streams.write(
          { device_lists: [userId] },
          ...statements,
          tables.deviceKeys.set(userId, deviceId, identity),
          tables.deviceKeys.changed(userId),
        )
    })
    return { one_time_key_counts: tables.deviceKeys.oneTimeKeyCounts(userId, deviceId) }
  },
)

function claimable(keys: Readonly<Record<string, unknown>>): ClaimableKey[] {
  return Object.entries(keys).map(([name, key]) => {
    const colon = name.indexOf(':')
    return { algorithm: name.slice(0, colon), keyId: name.slice(colon + 1), key }
  })
}

/** Clients whose upload was lost send the same keys again. @throws {ClientError} where one of them is another now */
function newKeys(
  { tables }: ClientContext,
  userId: UserId,
  deviceId: string,
  keys: readonly ClaimableKey[],
): ClaimableKey[] {
  return keys.filter(({ algorithm, keyId, key }) => {
    const known = tables.deviceKeys.oneTimeKey(userId, deviceId, algorithm, keyId)
    if (known !== undefined && !isSameJson(known, key))
      throw invalidParameter(`the one-time key ${algorithm}:${keyId} is there already, and is another`)
    return known === undefined
  })
}
