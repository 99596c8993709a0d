/**
 * GET /rooms/{roomId}/members, /rooms/{roomId}/joined_members and /joined_rooms. Client-server API, "Getting events for a room".
 */
import type { ResponseFrom } from '@neurite/roomserver/api'
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { forbidden } from '../errors.ts'
import { clientEvents } from '../events/client-event.ts'
import { readTimelineToken } from '../sync/token.ts'
import { viewOf } from './room-view.ts'
import { roomsOf } from './rooms-of.ts'
import { clientEvent } from './schemas.ts'

const membership = Type.Union([
  Type.Literal('join'),
  Type.Literal('invite'),
  Type.Literal('knock'),
  Type.Literal('leave'),
  Type.Literal('ban'),
])

export const members = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/rooms/{roomId}/members',
    access: 'user',
    query: Type.Object({
      at: Type.Optional(Type.String()),
      membership: Type.Optional(membership),
      not_membership: Type.Optional(membership),
    }),
    response: Type.Object({ chunk: Type.Array(clientEvent) }),
  },
  async ({ context, caller, parameters, query }) => {
    const { roomId } = parameters
    const { upTo } = await viewOf(context, roomId, caller.userId)
    const { roomStates } = context.tables
    // Who has all of the timeline names the place before it, where nobody is there yet: wanted are those that it begins with.
    const given = query.at === undefined ? upTo : Math.max(readTimelineToken(query.at), roomStates.firstMember(roomId))
    const at = Math.min(upTo, given)
    const isWanted = (one: string | undefined) =>
      (query.membership === undefined || one === query.membership) &&
      (query.not_membership === undefined || one !== query.not_membership)
    const entries = roomStates
      .at(roomId, at)
      .filter(entry => entry.type === 'm.room.member' && isWanted(entry.membership))
    const eventIds = entries.map(({ eventId }) => eventId)
    return { chunk: (await clientEvents(context, roomId, eventIds, caller)) as never[] }
  },
)

export const joinedMembers = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/rooms/{roomId}/joined_members',
    access: 'user',
    response: Type.Object({
      joined: Type.Record(
        Type.String(),
        Type.Object({ display_name: Type.Optional(Type.String()), avatar_url: Type.Optional(Type.String()) }),
      ),
    }),
  },
  async ({ context, caller, parameters }) => {
    const { roomId } = parameters
    const view = await viewOf(context, roomId, caller.userId)
    if (view.membership !== 'join') throw forbidden(`you are not in room ${roomId}`)
    const joined: [string, { display_name?: string; avatar_url?: string }][] = []
    for (let after: string | undefined; ; ) {
      const page: ResponseFrom<'queryJoinedUsers'> = await context.roomServer.queryJoinedUsers({
        roomId,
        ...(after === undefined ? {} : { after }),
      })
      for (const { userId, displayName, avatarUrl } of page.users)
        joined.push([
          userId,
          {
            ...(displayName === undefined ? {} : { display_name: displayName }),
            ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
          },
        ])
      if (page.next === undefined) return { joined: Object.fromEntries(joined) }
      after = page.next
    }
  },
)

export const joinedRooms = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/joined_rooms',
    access: 'user',
    response: Type.Object({ joined_rooms: Type.Array(Type.String()) }),
  },
  async ({ context, caller }) => {
    const rooms = await roomsOf(context.roomServer, caller.userId, 'join')
    return { joined_rooms: rooms.map(({ roomId }) => roomId) }
  },
)
