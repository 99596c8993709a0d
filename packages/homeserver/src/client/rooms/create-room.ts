/**
 * POST /createRoom. Client-server API, "Creation".
 */
import { belongsTo, isUserId } from '@neurite/protocol'
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { forbidden } from '../errors.ts'
import { anyObject } from '../schemas.ts'
import { roomProfile } from './member-content.ts'
import { visibility } from './schemas.ts'

const preset = Type.Union([
  Type.Literal('private_chat'),
  Type.Literal('public_chat'),
  Type.Literal('trusted_private_chat'),
])

export const createRoom = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/createRoom',
    access: 'user',
    notWhileSuspended: true,
    body: Type.Object({
      preset: Type.Optional(preset),
      visibility: Type.Optional(visibility),
      room_alias_name: Type.Optional(Type.String()),
      name: Type.Optional(Type.String()),
      topic: Type.Optional(Type.String()),
      room_version: Type.Optional(Type.String()),
      creation_content: Type.Optional(anyObject),
      initial_state: Type.Optional(
        Type.Array(Type.Object({ type: Type.String(), state_key: Type.Optional(Type.String()), content: anyObject })),
      ),
      power_level_content_override: Type.Optional(anyObject),
      invite: Type.Optional(Type.Array(Type.String())),
      invite_3pid: Type.Optional(Type.Array(anyObject)),
      is_direct: Type.Optional(Type.Boolean()),
    }),
    response: Type.Object({ room_id: Type.String() }),
  },
  async ({ context, caller, body }) => {
    if ((body.invite_3pid ?? []).length > 0) throw forbidden('this server knows no identity server')
    const { roomServer, settings, serverName } = context
    const { preset: chosen, name, topic } = body
    if (body.room_alias_name !== undefined)
      context.applicationServices.refuseExclusive('aliases', `#${body.room_alias_name}:${serverName}`, caller.service)
    const invite = body.invite ?? []
    const known = invite.filter(isUserId).filter(userId => belongsTo(userId, serverName))
    const { roomId } = await roomServer.performCreateRoom({
      creator: caller.userId,
      creatorProfile: roomProfile(context, caller.userId),
      roomVersion: body.room_version ?? settings.defaultRoomVersion,
      invite,
      inviteProfiles: Object.fromEntries(known.map(userId => [userId, roomProfile(context, userId)])),
      ...(chosen === undefined ? {} : { preset: chosen }),
      ...(body.visibility === undefined ? {} : { visibility: body.visibility }),
      ...(body.room_alias_name === undefined ? {} : { aliasLocalpart: body.room_alias_name }),
      ...(name === undefined ? {} : { name }),
      ...(topic === undefined ? {} : { topic }),
      ...(body.creation_content === undefined ? {} : { creationContent: body.creation_content }),
      ...(body.initial_state === undefined ? {} : { initialState: body.initial_state.map(stateOf) }),
      ...(body.power_level_content_override === undefined
        ? {}
        : { powerLevelContentOverride: body.power_level_content_override }),
      ...(body.is_direct === undefined ? {} : { isDirect: body.is_direct }),
    })
    return { room_id: roomId }
  },
)

interface GivenState {
  readonly type: string
  readonly state_key?: string
  readonly content: Record<string, unknown>
}

function stateOf({ type, state_key: stateKey, content }: GivenState) {
  return { type, content, ...(stateKey === undefined ? {} : { stateKey }) }
}
