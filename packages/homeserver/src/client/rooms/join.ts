/**
 * POST /join/{roomIdOrAlias} and POST /rooms/{roomId}/join. Client-server API, "Joining rooms".
 */
import { isRoomAlias } from '@neurite/protocol'
import { Type } from 'typebox'
import type { Caller } from '../authenticate.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { anyObject } from '../schemas.ts'
import { memberContent } from './member-content.ts'
import { resolveAlias } from './resolve-alias.ts'
import { reason, viaQuery } from './schemas.ts'
import { viaOf } from './via.ts'

const data = {
  method: 'POST',
  at: v3,
  access: 'user',
  notWhileSuspended: true,
  query: viaQuery,
  body: Type.Object({ reason, third_party_signed: Type.Optional(anyObject) }),
  response: Type.Object({ room_id: Type.String() }),
} as const

export const joinByIdOrAlias = endpoint(
  { ...data, path: '/join/{roomIdOrAlias}' },
  async ({ context, caller, parameters, query, body, request }) => {
    const { roomIdOrAlias: named } = parameters
    // An application service may have to make the room first.
    const isServices = context.applicationServices.withInNamespace('aliases', named).length > 0
    const room = isServices && isRoomAlias(named) ? (await resolveAlias(context, named, request.signal)).roomId : named
    return join(context, caller, room, body, viaOf(query))
  },
)

export const joinById = endpoint(
  { ...data, path: '/rooms/{roomId}/join' },
  ({ context, caller, parameters, query, body }) => join(context, caller, parameters.roomId, body, viaOf(query)),
)

async function join(
  context: ClientContext,
  { userId }: Caller,
  roomIdOrAlias: string,
  body: Readonly<Record<string, unknown>>,
  via: { via?: string[] },
): Promise<{ room_id: string }> {
  // Whatever else the body holds goes into the member event.
  const { third_party_signed: _, ...given } = body
  const content = { ...memberContent(context, userId), ...given }
  const { roomId } = await context.roomServer.performJoin({ roomIdOrAlias, userId, content, ...via })
  return { room_id: roomId }
}
