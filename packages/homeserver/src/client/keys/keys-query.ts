/**
 * POST /keys/query. Client-server API, "Key management API".
 */
import { Type } from 'typebox'
import type { KeyJson } from '../../storage/device-keys.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { anyObject } from '../schemas.ts'
import { askAll, byServer, timeoutOf } from './by-server.ts'
import { localKeys, signed } from './local-keys.ts'

/** Users that one request may name: the members of a large room. */
const maxUsers = 10_000
const maxDevices = 1_000

export const keysQuery = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/keys/query',
    access: 'user',
    body: Type.Object({
      device_keys: Type.Record(Type.String(), Type.Array(Type.String(), { maxItems: maxDevices }), {
        maxProperties: maxUsers,
      }),
      timeout: Type.Optional(Type.Integer()),
    }),
    response: Type.Object({
      failures: anyObject,
      device_keys: Type.Record(Type.String(), anyObject),
      master_keys: anyObject,
      self_signing_keys: anyObject,
      user_signing_keys: anyObject,
    }),
  },
  async ({ context, caller, body, request }) => {
    const { serverName, remoteUsers, tables } = context
    const devices = new Map<string, Readonly<Record<string, KeyJson>>>()
    const masters = new Map<string, KeyJson>()
    const selfSigning = new Map<string, KeyJson>()
    const userSigning = new Map<string, KeyJson>()
    const { [serverName]: here = [], ...elsewhere } = Object.fromEntries(byServer(body.device_keys))
    for (const [userId, wanted] of here) {
      if (tables.accounts.find(userId) === undefined) continue
      const keys = localKeys(context, userId, caller.userId, wanted)
      devices.set(userId, keys.devices)
      if (keys.master !== undefined) masters.set(userId, keys.master)
      if (keys.selfSigning !== undefined) selfSigning.set(userId, keys.selfSigning)
      if (keys.userSigning !== undefined) userSigning.set(userId, keys.userSigning)
    }
    const failures = await askAll(Object.keys(elsewhere) as (typeof serverName)[], async server => {
      const asked = elsewhere[server] ?? []
      const users = Object.fromEntries(asked)
      const keys = await remoteUsers.keys(server, users, timeoutOf(body.timeout), request.signal)
      for (const [userId] of asked) {
        const { [userId]: ofUser } = keys.deviceKeys
        const { [userId]: master } = keys.masterKeys
        const { [userId]: ofSelf } = keys.selfSigningKeys
        if (ofUser !== undefined) devices.set(userId, ofUser)
        if (ofSelf !== undefined) selfSigning.set(userId, ofSelf)
        // What the caller has signed of others' keys is kept here.
        const mine = tables.crossSigning.signaturesOn(userId, [caller.userId])
        if (master !== undefined) masters.set(userId, signed(master, mine))
      }
    })
    return {
      failures,
      device_keys: Object.fromEntries(devices),
      master_keys: Object.fromEntries(masters),
      self_signing_keys: Object.fromEntries(selfSigning),
      user_signing_keys: Object.fromEntries(userSigning),
    }
  },
)
