/**
 * GET /admin/whois/{userId}: for oneself, or an administrator. Client-server API, "Server Administration".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { forbidden } from '../errors.ts'
import { anyObject } from '../schemas.ts'
import { findLocalAccount } from './find-local-account.ts'

export const whois = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/admin/whois/{userId}',
    access: 'user',
    response: Type.Object({ user_id: Type.String(), devices: Type.Record(Type.String(), anyObject) }),
  },
  ({ context, caller, parameters }) => {
    if (caller.userId !== parameters.userId && !caller.isAdmin) throw forbidden('this is for administrators')
    const { userId } = findLocalAccount(context, parameters.userId)
    const devices = context.tables.devices.of(userId).map(({ deviceId, lastSeenIp, lastSeenAt }) => {
      const connection = {
        ...(lastSeenIp === undefined ? {} : { ip: lastSeenIp }),
        ...(lastSeenAt === undefined ? {} : { last_seen: lastSeenAt }),
      }
      return [deviceId, { sessions: [{ connections: [connection] }] }] as const
    })
    return { user_id: userId, devices: Object.fromEntries(devices) }
  },
)
