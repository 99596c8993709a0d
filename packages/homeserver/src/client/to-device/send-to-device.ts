/**
 * PUT /sendToDevice/{eventType}/{txnId}. Client-server API, "Send-to-Device messaging".
 */
import type { ServerName } from '@neurite/protocol'
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { byServer } from '../keys/by-server.ts'
import { anyObject, empty } from '../schemas.ts'
import { once } from '../transactions.ts'
import { deliver } from './deliver.ts'

/** Of one request: the members of a large room, and their devices. */
const maxUsers = 10_000
const maxDevices = 1_000

export const sendToDevice = endpoint(
  {
    method: 'PUT',
    at: v3,
    path: '/sendToDevice/{eventType}/{txnId}',
    access: 'user',
    body: Type.Object({
      messages: Type.Record(Type.String(), Type.Record(Type.String(), anyObject, { maxProperties: maxDevices }), {
        maxProperties: maxUsers,
      }),
    }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { eventType: type, txnId } = parameters
    const { serverName, remoteUsers } = context
    const { [serverName]: here = [], ...elsewhere } = Object.fromEntries(byServer(body.messages))
    const { userId: sender, session } = caller
    const request = { request: `sendToDevice ${type}`, transactionId: txnId }
    return once(context, caller, request, async done => {
      // Told apart by the receiver: should we die in between, a retry sends the same.
      const messageId = `${session} ${type} ${txnId}`
      for (const [server, users] of Object.entries(elsewhere))
        await remoteUsers.sendToDevice(server as ServerName, {
          sender,
          type,
          messageId,
          messages: Object.fromEntries(users),
        })
      await deliver(context, { sender, type, of: here }, [done({})])
      return {}
    })
  },
)
