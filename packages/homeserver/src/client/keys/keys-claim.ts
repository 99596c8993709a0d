/**
 * POST /keys/claim. Client-server API, "Key management API".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { anyObject } from '../schemas.ts'
import { askAll, byServer, timeoutOf } from './by-server.ts'
import { claimLocalKeys } from './claim-local-keys.ts'

/** Of one request: the members of a large room, and their devices. */
const maxUsers = 10_000
const maxDevices = 1_000

export const keysClaim = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/keys/claim',
    access: 'user',
    body: Type.Object({
      one_time_keys: Type.Record(
        Type.String(),
        Type.Record(Type.String(), Type.String({ maxLength: 255 }), { maxProperties: maxDevices }),
        { maxProperties: maxUsers },
      ),
      timeout: Type.Optional(Type.Integer()),
    }),
    response: Type.Object({ failures: anyObject, one_time_keys: Type.Record(Type.String(), anyObject) }),
  },
  async ({ context, body, request }) => {
    const { serverName, remoteUsers } = context
    const { [serverName]: here = [], ...elsewhere } = Object.fromEntries(byServer(body.one_time_keys))
    const claims = here.flatMap(([userId, devices]) =>
      Object.entries(devices).map(([deviceId, algorithm]) => ({ userId, deviceId, algorithm })),
    )
    const keys = new Map<string, Readonly<Record<string, unknown>>>(await claimLocalKeys(context, claims))
    const failures = await askAll(Object.keys(elsewhere) as (typeof serverName)[], async server => {
      const asked = elsewhere[server] ?? []
      const wanted = Object.fromEntries(asked)
      const claimed = await remoteUsers.claimKeys(server, wanted, timeoutOf(body.timeout), request.signal)
      for (const [userId] of asked) {
        const { [userId]: ofUser } = claimed
        if (ofUser !== undefined) keys.set(userId, ofUser)
      }
    })
    return { failures, one_time_keys: Object.fromEntries(keys) }
  },
)
