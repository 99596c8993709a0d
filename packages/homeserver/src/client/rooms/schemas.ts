/**
 * Shapes that several endpoints of rooms share.
 */
import { Type } from 'typebox'
import { anyObject } from '../schemas.ts'

/** Longer reasons are no reasons. */
export const reason = Type.Optional(Type.String({ maxLength: 10_000 }))

/** Servers that may know a room; `server_name` is how it was called before v1.12. */
export const viaQuery = Type.Object({
  via: Type.Optional(Type.Array(Type.String())),
  server_name: Type.Optional(Type.Array(Type.String())),
})

export const clientEvent = Type.Object({
  event_id: Type.String(),
  room_id: Type.String(),
  type: Type.String(),
  sender: Type.String(),
  origin_server_ts: Type.Integer(),
  content: anyObject,
  state_key: Type.Optional(Type.String()),
  unsigned: Type.Optional(anyObject),
})

export const sent = Type.Object({ event_id: Type.String() })

export const direction = Type.Union([Type.Literal('b'), Type.Literal('f')])

export const visibility = Type.Union([Type.Literal('public'), Type.Literal('private')])
