/**
 * POST /_synapse/admin/v1/send_server_notice and PUT …/{txnId}: an administrator tells a user something in the server's name. As Synapse
 * has it, since tools and tests know it. Client-server API, "Server Notices".
 */
import { type Static, Type } from 'typebox'
import { findLocalAccount } from '../admin/find-local-account.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, synapseAdmin } from '../endpoint.ts'
import { anyObject } from '../schemas.ts'
import { once } from '../transactions.ts'
import { noticeRoomOf } from './notice-room.ts'
import { noticesUser } from './notices-user.ts'

const notice = Type.Object({
  user_id: Type.String(),
  content: anyObject,
  type: Type.Optional(Type.String()),
  state_key: Type.Optional(Type.String()),
})
const data = {
  at: synapseAdmin,
  access: 'admin',
  body: notice,
  response: Type.Object({ event_id: Type.String() }),
} as const

export const sendServerNotice = endpoint(
  { ...data, method: 'POST', path: '/send_server_notice' },
  ({ context, body }) => send(context, body),
)

export const sendServerNoticeOnce = endpoint(
  { ...data, method: 'PUT', path: '/send_server_notice/{txnId}' },
  ({ context, caller, parameters, body }) =>
    once(context, caller, { request: 'send_server_notice', transactionId: parameters.txnId }, async done => {
      const sent = await send(context, body)
      await context.database.write(done(sent))
      return sent
    }),
)

async function send(context: ClientContext, body: Static<typeof notice>): Promise<{ event_id: string }> {
  const sender = noticesUser(context)
  const { userId } = findLocalAccount(context, body.user_id)
  const roomId = await noticeRoomOf(context, sender, userId)
  const { type = 'm.room.message', content, state_key: stateKey } = body
  const event = { type, sender, content, ...(stateKey === undefined ? {} : { stateKey }) }
  const { eventId } = await context.roomServer.performSend({ roomId, event })
  return { event_id: eventId }
}
