/**
 * POST /rooms/{roomId}/kick, /ban and /unban. Client-server API, "Room membership".
 */
import { isUserId } from '@neurite/protocol'
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { invalidParameter } from '../errors.ts'
import { empty } from '../schemas.ts'
import { reason } from './schemas.ts'

const data = {
  method: 'POST',
  at: v3,
  access: 'user',
  notWhileSuspended: true,
  body: Type.Object({ user_id: Type.String(), reason }),
  response: empty,
} as const

export const kick = endpoint({ ...data, path: '/rooms/{roomId}/kick' }, async call => {
  await call.context.roomServer.performKick(wishOf(call))
  return {}
})

export const ban = endpoint({ ...data, path: '/rooms/{roomId}/ban' }, async call => {
  await call.context.roomServer.performBan(wishOf(call))
  return {}
})

export const unban = endpoint({ ...data, path: '/rooms/{roomId}/unban' }, async call => {
  await call.context.roomServer.performUnban(wishOf(call))
  return {}
})

interface ModerationCall {
  readonly caller: { readonly userId: string }
  readonly parameters: { readonly roomId: string }
  readonly body: { readonly user_id: string; readonly reason?: string }
}

function wishOf({ caller, parameters, body }: ModerationCall) {
  const { user_id: target, reason: why } = body
  if (!isUserId(target)) throw invalidParameter(`${JSON.stringify(target)} is no user ID`)
  return {
    ...{ roomId: parameters.roomId, sender: caller.userId, target },
    ...(why === undefined ? {} : { reason: why }),
  }
}
