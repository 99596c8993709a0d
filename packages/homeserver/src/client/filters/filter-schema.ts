/**
 * What a filter may say. Client-server API, "Filtering".
 */
import { type Static, Type } from 'typebox'

/** Things that one filter may name: each is looked at for each event. */
const maxNamed = 1_000

const names = Type.Array(Type.String({ maxLength: 255 }), { maxItems: maxNamed })
const userIds = Type.Array(Type.String({ maxLength: 255, pattern: '^@' }), { maxItems: maxNamed })
const roomIds = Type.Array(Type.String({ maxLength: 255, pattern: '^!' }), { maxItems: maxNamed })

const eventFilterKeys = {
  limit: Type.Optional(Type.Integer({ minimum: 0 })),
  types: Type.Optional(names),
  not_types: Type.Optional(names),
  senders: Type.Optional(userIds),
  not_senders: Type.Optional(userIds),
}

const roomKeys = { rooms: Type.Optional(roomIds), not_rooms: Type.Optional(roomIds) }

export const eventFilter = Type.Object(eventFilterKeys)

export const roomEventFilter = Type.Object({
  ...eventFilterKeys,
  ...roomKeys,
  lazy_load_members: Type.Optional(Type.Boolean()),
  include_redundant_members: Type.Optional(Type.Boolean()),
  unread_thread_notifications: Type.Optional(Type.Boolean()),
  contains_url: Type.Optional(Type.Boolean()),
})

export const syncFilter = Type.Object({
  event_fields: Type.Optional(names),
  event_format: Type.Optional(Type.Union([Type.Literal('client'), Type.Literal('federation')])),
  presence: Type.Optional(eventFilter),
  account_data: Type.Optional(eventFilter),
  room: Type.Optional(
    Type.Object({
      ...roomKeys,
      include_leave: Type.Optional(Type.Boolean()),
      ephemeral: Type.Optional(roomEventFilter),
      state: Type.Optional(roomEventFilter),
      timeline: Type.Optional(roomEventFilter),
      account_data: Type.Optional(roomEventFilter),
    }),
  ),
})

export type SyncFilter = Static<typeof syncFilter>
export type RoomEventFilter = Static<typeof roomEventFilter>
