/**
 * POST /user_directory/search. Client-server API, "User Directory".
 */
import { belongsTo, type UserId } from '@neurite/protocol'
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { roomProfile } from '../rooms/member-content.ts'

const defaultLimit = 10
const maxLimit = 100

export const searchUsers = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/user_directory/search',
    access: 'user',
    body: Type.Object({
      search_term: Type.String({ maxLength: 500 }),
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    response: Type.Object({
      results: Type.Array(
        Type.Object({
          user_id: Type.String(),
          display_name: Type.Optional(Type.String()),
          avatar_url: Type.Optional(Type.String()),
        }),
      ),
      limited: Type.Boolean(),
    }),
  },
  async ({ context, caller, body }) => {
    const limit = Math.max(1, Math.min(body.limit ?? defaultLimit, maxLimit))
    const { users, limited } = await context.roomServer.queryKnownUsers({
      ...{ userId: caller.userId, search: body.search_term, limit },
    })
    const results = users.map(({ userId, displayName, avatarUrl }) => {
      // In a room a user may go by another name: who is found is shown as they are everywhere, where that is known here.
      const isHere = belongsTo(userId as UserId, context.serverName)
      const shown = isHere ? roomProfile(context, userId as UserId) : { displayName, avatarUrl }
      return {
        user_id: userId,
        ...(shown.displayName === undefined ? {} : { display_name: shown.displayName }),
        ...(shown.avatarUrl === undefined ? {} : { avatar_url: shown.avatarUrl }),
      }
    })
    return { results, limited }
  },
)
