/**
 * What other servers ask about the users of this one, out of the client head's tables. Server-server API, "Querying for information",
 * "Device Management", "End-to-End Encryption", "OpenID".
 */
import { belongsTo, isUserId, type JsonObject, type UserId } from '@neurite/protocol'
import type { ClientContext } from '../client/index.ts'
import { type Claim, claimLocalKeys } from '../client/keys/claim-local-keys.ts'
import { localKeys, type UserKeys } from '../client/keys/local-keys.ts'
import { tokenHash } from '../client/tokens.ts'
import type { LocalUsers } from '../federation/incoming/index.ts'
import { deviceStreamId } from './device-stream.ts'

export function localUsers(context: ClientContext): LocalUsers {
  const { tables, serverName, runtime } = context
  const isHere = (userId: string): userId is UserId => {
    if (!isUserId(userId) || !belongsTo(userId, serverName)) return false
    const account = tables.accounts.find(userId)
    return account !== undefined && account.deactivatedAt === undefined
  }
  return {
    exists: async userId => isHere(userId),
    async profile(userId, field) {
      if (!isHere(userId)) return undefined
      if (field === undefined) return Object.fromEntries(tables.profiles.of(userId))
      const found = tables.profiles.field(userId, field)
      return found === undefined ? {} : Object.fromEntries([[field, found.value]])
    },
    async devices(userId) {
      if (!isHere(userId)) return undefined
      const { devices, master, selfSigning } = localKeys(context, userId, undefined, [])
      const names = new Map(tables.devices.of(userId).map(({ deviceId, displayName }) => [deviceId, displayName]))
      return {
        stream_id: deviceStreamId(context, userId),
        devices: Object.entries(devices).map(([deviceId, { unsigned: _, ...keys }]) => {
          const name = names.get(deviceId)
          return {
            device_id: deviceId,
            keys,
            ...(name === undefined ? {} : { device_display_name: name }),
          } as JsonObject
        }),
        ...(master === undefined ? {} : { master_key: master as JsonObject }),
        ...(selfSigning === undefined ? {} : { self_signing_key: selfSigning as JsonObject }),
      }
    },
    async keys(wanted) {
      const found = new Map<string, UserKeys>()
      for (const [userId, devices] of Object.entries(wanted))
        if (isHere(userId)) found.set(userId, localKeys(context, userId, undefined, devices))
      const named = (key: (keys: UserKeys) => unknown) =>
        Object.fromEntries(
          [...found].flatMap(([userId, keys]) => (key(keys) === undefined ? [] : [[userId, key(keys)]])),
        )
      return {
        device_keys: Object.fromEntries([...found].map(([userId, { devices }]) => [userId, devices])),
        master_keys: named(({ master }) => master),
        self_signing_keys: named(({ selfSigning }) => selfSigning),
      }
    },
    async claimKeys(wanted) {
      const claims: Claim[] = Object.entries(wanted).flatMap(([userId, devices]) =>
        isHere(userId) ? Object.entries(devices).map(([deviceId, algorithm]) => ({ userId, deviceId, algorithm })) : [],
      )
      return Object.fromEntries(await claimLocalKeys(context, claims))
    },
    userOfOpenIdToken: async token => tables.openIdTokens.userOf(tokenHash(token), runtime.clock.now()),
  }
}
