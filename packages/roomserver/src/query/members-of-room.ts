/**
 * The members of a room, as the asker may see them: a user who has left sees them as they were then. Client-server API, "GET /members".
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { type Membership, RoomServerError } from '../api/index.ts'
import { type EventNid, memberTypeNid, type StateKeyNid, type StateSnapshotNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { eventInfos } from './event-infos.ts'
import { type FoundRoom, isPartial, noSuchEvent, roomOf, rowOf } from './find-room.ts'
import { membershipIn } from './member-events.ts'
import { nextAfter, numberAfter, pageLimit } from './pages.ts'
import { visibleToUser } from './visible-events.ts'

/** Member events read at once. */
const pageMembers = 1_000

export async function membersOfRoom(
  request: RequestTo<'queryMembersOfRoom'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryMembersOfRoom'>> {
  const { membership, notMembership } = request
  const { states, events } = context
  const room = await roomOf(request.roomId, context)
  const view = await states.view(await stateToShow(room, request, context))
  const limit = pageLimit(request)
  const after = numberAfter<StateKeyNid>(request)
  const members: EventNid[] = []
  let last: StateKeyNid | undefined
  const isWanted = (one: Membership | undefined) =>
    (membership === undefined || one === membership) && (notMembership === undefined || one !== notMembership)
  const ofState = [...view.entriesOfType(memberTypeNid)].filter(({ stateKey }) => stateKey > after)
  for (let at = 0; at < ofState.length && members.length < limit; at += pageMembers) {
    const page = ofState.slice(at, at + pageMembers)
    const loaded = await events.load(page.map(({ event }) => event))
    for (const { event, stateKey } of page) {
      if (members.length === limit) break
      if (!isWanted(membershipIn(loaded.get(event)?.content ?? {}))) continue
      members.push(event)
      last = stateKey
    }
  }
  return {
    members: await eventInfos(members, room.row, context),
    ...nextAfter(members, request, last),
    partial: isPartial(view),
  }
}

/** @throws {RoomServerError} `M_FORBIDDEN` where the user may not see any */
async function stateToShow(
  room: FoundRoom,
  { roomId, seenBy, at }: RequestTo<'queryMembersOfRoom'>,
  context: QueryContext,
): Promise<StateSnapshotNid | 0> {
  const { reader } = context
  if (at !== undefined) {
    const row = await rowOf(at, room, context)
    if (row.outlier) throw noSuchEvent(at, roomId)
    if (seenBy !== undefined && !(await visibleToUser(seenBy, [row], room, context))[0])
      throw notForThem(seenBy, roomId)
    return row.snapshotAfter
  }
  if (seenBy === undefined) return room.row.currentSnapshot
  const user = (await reader.stateKeyNids([seenBy])).get(seenBy)
  const member = user === undefined ? undefined : await reader.membership(room.row.room, user)
  if (member?.membership === 'join') return room.row.currentSnapshot
  const newest = await reader.events(room.row.forwardExtremities)
  if ((await visibleToUser(seenBy, newest, room, context)).every(Boolean)) return room.row.currentSnapshot
  const [leave] = member === undefined || member.event === 0 ? [] : await reader.events([member.event])
  if (leave === undefined || leave.outlier || !['leave', 'ban'].includes(member?.membership ?? ''))
    throw notForThem(seenBy, roomId)
  const before = await context.states.view(leave.snapshotBefore)
  const was = before.get(memberTypeNid, user as StateKeyNid)
  const wasMember = was === 0 ? undefined : (await context.events.load([was])).get(was)
  if (membershipIn(wasMember?.content ?? {}) !== 'join') throw notForThem(seenBy, roomId)
  return leave.snapshotAfter
}

function notForThem(userId: string, roomId: string): RoomServerError {
  return new RoomServerError('M_FORBIDDEN', `${userId} is not in room ${roomId} and may not see its members`)
}
