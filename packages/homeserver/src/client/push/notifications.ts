/**
 * What a user is to be notified of: the events after a position that their push rules let through and that they have not read. Client-server
 * API, "Push Notifications".
 */
import type { UserId } from '@neurite/protocol'
import type { TimelineRow } from '../../storage/timeline.ts'
import type { ClientContext } from '../context.ts'
import { type EventJson, type JsonContent, readEvent } from '../events/event-json.ts'
import { loadEvents } from '../events/load-events.ts'
import { ignoredBy } from '../sync/ignored-users.ts'
import { evaluate, type PushVerdict, type RoomFacts } from './evaluate.ts'
import { pushRulesOf } from './push-rules-of.ts'
import { roomFacts } from './room-facts.ts'
import { isUnread, readUpTo } from './unread.ts'

export interface Notification {
  readonly position: number
  readonly event: EventJson
  readonly verdict: PushVerdict
  /** State that an invite came with; undefined where the room is here. */
  readonly strippedState: readonly JsonContent[] | undefined
}

/** Events of one room that are looked at: somebody whose gateway was down for long is told of the newest. */
const maxEvents = 100

/** What is known of a room that this server is not in. */
const unknownRoom: RoomFacts = { displayName: undefined, members: 0, mayNotify: () => false }

/** @returns those above one position and up to another, oldest first */
export async function notificationsOf(
  context: ClientContext,
  userId: UserId,
  after: number,
  upTo: number,
): Promise<Notification[]> {
  const { tables, rooms } = context
  const ignored = ignoredBy(tables, userId)
  const found: Notification[] = []
  for (const { roomId, membership, eventId, from } of tables.roomStates.membershipsOf(userId, upTo)) {
    if (!rooms.hasMoved(roomId, after)) continue
    if (membership === 'join') {
      const read = readUpTo(context, userId, roomId)
      const rows = tables.timeline.backwards(roomId, Math.max(after, read.all), upTo, maxEvents)
      const unread = rows.filter(row => row.sender !== userId && isUnread(row, read))
      found.push(...(await letThrough(context, userId, roomId, unread)))
    } else if (membership === 'invite' && from > after) {
      const row = tables.timeline.find(roomId, eventId)
      if (row !== undefined) found.push(...(await letThrough(context, userId, roomId, [row])))
    }
  }
  for (const { roomId, membership, from, to } of tables.outsideInvites.of(userId))
    if (membership === 'invite' && to === undefined && from > after && from <= upTo)
      found.push(...(await outsideInvite(context, userId, roomId, from)))
  return found.filter(({ event }) => !ignored.has(event.sender)).sort((a, b) => a.position - b.position)
}

async function letThrough(
  context: ClientContext,
  userId: UserId,
  roomId: string,
  rows: readonly TimelineRow[],
): Promise<Notification[]> {
  if (rows.length === 0) return []
  const rules = pushRulesOf(context, userId)
  const facts = await roomFacts(context, userId, roomId)
  const ids = rows.map(({ eventId }) => eventId)
  const events = await loadEvents(context, roomId, ids)
  return rows.flatMap(({ eventId, position }) => {
    const event = events.get(eventId)
    if (event === undefined || event.redactedBecause !== undefined) return []
    const verdict = evaluate(rules, event, facts)
    return verdict.notifies ? [{ position, event, verdict, strippedState: undefined }] : []
  })
}

/** An invite to a room that this server is not in. */
async function outsideInvite(
  context: ClientContext,
  userId: UserId,
  roomId: string,
  position: number,
): Promise<Notification[]> {
  const { invites } = await context.roomServer.queryOutsideInvites({ userId, roomId })
  return invites.flatMap(({ eventId, roomVersion, pdu, strippedState }) => {
    const event = readEvent({ eventId, roomId, roomVersion, pdu, status: 'accepted', outlier: true })
    const verdict = evaluate(pushRulesOf(context, userId), event, unknownRoom)
    return verdict.notifies ? [{ position, event, verdict, strippedState }] : []
  })
}
