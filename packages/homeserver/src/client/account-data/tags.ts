/**
 * GET /user/{userId}/rooms/{roomId}/tags, PUT and DELETE …/tags/{tag}: kept as the account data `m.tag` of the room. Client-server
 * API, "Room Tagging".
 */
import { isRoomId, type UserId, utf8Length } from '@neurite/protocol'
import { Type } from 'typebox'
import { mustBeOwn } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { invalidParameter } from '../errors.ts'
import { anyObject, empty } from '../schemas.ts'

/** Bytes of a tag's name. */
const maxTagName = 255
const all = '/user/{userId}/rooms/{roomId}/tags'
const one = '/user/{userId}/rooms/{roomId}/tags/{tag}'

export const tags = endpoint(
  { method: 'GET', at: v3, path: all, access: 'user', response: Type.Object({ tags: anyObject }) },
  ({ context, caller, parameters }) => {
    mustBeOwn(caller, parameters.userId)
    return { tags: Object.fromEntries(tagsOf(context, caller.userId, parameters.roomId)) }
  },
)

export const setTag = endpoint(
  {
    method: 'PUT',
    at: v3,
    path: one,
    access: 'user',
    body: Type.Object({ order: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })) }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { roomId, tag } = parameters
    mustBeOwn(caller, parameters.userId)
    if (utf8Length(tag) > maxTagName) throw invalidParameter('the name of the tag is too long')
    await changeTags(context, caller.userId, roomId, known => known.set(tag, body))
    return {}
  },
)

export const deleteTag = endpoint(
  { method: 'DELETE', at: v3, path: one, access: 'user', response: empty },
  async ({ context, caller, parameters }) => {
    mustBeOwn(caller, parameters.userId)
    await changeTags(context, caller.userId, parameters.roomId, known => known.delete(parameters.tag))
    return {}
  },
)

function tagsOf({ tables }: ClientContext, userId: UserId, roomId: string): Map<string, unknown> {
  if (!isRoomId(roomId)) throw invalidParameter(`${roomId} is no room ID`)
  const { tags: known } = tables.accountData.find(userId, roomId, 'm.tag') ?? {}
  // The account data itself may hold anything: clients can set it too.
  return new Map(typeof known === 'object' && known !== null ? Object.entries(known) : [])
}

/** Changes what a user has tagged a room with. */
export async function changeTags(
  context: ClientContext,
  userId: UserId,
  roomId: string,
  change: (tags: Map<string, unknown>) => void,
): Promise<void> {
  const { tables, streams, turns } = context
  await turns.take(`account data ${userId} ${roomId}`, async () => {
    const known = tagsOf(context, userId, roomId)
    change(known)
    const set = tables.accountData.set(userId, roomId, 'm.tag', { tags: Object.fromEntries(known) })
    await streams.write({ account_data: [userId] }, set)
  })
}
