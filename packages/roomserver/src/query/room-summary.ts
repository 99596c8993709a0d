/**
 * What there is to say about a room to somebody who is not in it. Client-server API, "GET /publicRooms", "GET /hierarchy".
 */
import type { JsonObject, RoomEvent } from '@neurite/protocol'
import type { RequestTo, ResponseFrom, StateTupleNames } from '../api/index.ts'
import { conditionRooms } from '../auth/index.ts'
import type { StateView } from '../state/index.ts'
import type { QueryContext } from './context.ts'
import { currentState, type FoundRoom, isPartial, roomOf } from './find-room.ts'
import { entriesAt } from './state-entries.ts'

export type RoomSummary = ResponseFrom<'queryRoomSummary'>['room']

export async function roomSummary(
  { roomId }: RequestTo<'queryRoomSummary'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryRoomSummary'>> {
  const room = await roomOf(roomId, context)
  const view = await currentState(room, context)
  return { room: await summaryOf(room, view, context), partial: isPartial(view) }
}

const types = [
  'm.room.create',
  'm.room.name',
  'm.room.topic',
  'm.room.avatar',
  'm.room.canonical_alias',
  'm.room.join_rules',
  'm.room.encryption',
  'm.room.history_visibility',
  'm.room.guest_access',
] as const
const tuples = types.map((type): StateTupleNames => [type, ''])

export async function summaryOf({ row }: FoundRoom, view: StateView, context: QueryContext): Promise<RoomSummary> {
  const [create, name, topic, avatar, alias, joinRules, encryption, visibility, guests] = await entriesAt(
    tuples,
    view,
    context,
  )
  const allowed = allowedRooms(joinRules)
  return {
    ...{ roomId: row.roomId, roomVersion: row.roomVersion },
    ...text('name', name, 'name'),
    ...text('topic', topic, 'topic'),
    ...text('avatarUrl', avatar, 'url'),
    ...text('canonicalAlias', alias, 'alias'),
    joinRule: textOf(joinRules?.content, 'join_rule') ?? 'invite',
    ...(allowed.length === 0 ? {} : { allowedRoomIds: allowed }),
    ...text('roomType', create, 'type'),
    ...text('encryption', encryption, 'algorithm'),
    joinedMembers: row.joinedMembers,
    worldReadable: visibility?.content['history_visibility'] === 'world_readable',
    guestCanJoin: guests?.content['guest_access'] === 'can_join',
  }
}

function allowedRooms(joinRules: RoomEvent | undefined): string[] {
  const rule = joinRules?.content['join_rule']
  if (rule !== 'restricted' && rule !== 'knock_restricted') return []
  return conditionRooms(joinRules)
}

function text<Name extends string>(name: Name, event: RoomEvent | undefined, key: string): { [_ in Name]?: string } {
  const value = textOf(event?.content, key)
  return (value === undefined || value === '' ? {} : { [name]: value }) as { [_ in Name]?: string }
}

function textOf(content: JsonObject | undefined, key: string): string | undefined {
  const value = content?.[key]
  return typeof value === 'string' ? value : undefined
}
