/**
 * A room that the user is in, as /sync tells of it. Client-server API, "Syncing", `Joined Room`.
 */
import { isRoomWanted } from '../events/event-filter.ts'
import { unreadOf } from '../push/unread.ts'
import { ephemeralOf } from './ephemeral.ts'
import type { SyncEvent, SyncLook } from './look.ts'
import { stateFor } from './room-state.ts'
import type { JoinedRoom } from './rooms-of-user.ts'
import { summaryOf } from './summary.ts'
import { syncEvents } from './sync-events.ts'
import { type TimelineWindow, timelineWindow } from './timeline-window.ts'
import { writeTimelineToken } from './token.ts'

const nothing = (upTo: number): TimelineWindow => ({ rows: [], limited: false, start: upTo + 1 })

/** Undefined: there is nothing to tell. */
export async function joinedRoom(
  look: SyncLook,
  { roomId, isNew }: JoinedRoom,
  accountData: readonly SyncEvent[],
): Promise<Record<string, unknown> | undefined> {
  const { context, since, upTo, filter, fullState } = look
  const known = isNew ? 0 : (since?.rooms ?? 0)
  const hasMoved = isNew || context.rooms.hasMoved(roomId, known)
  const wantsTimeline = hasMoved && isRoomWanted(filter.room?.timeline, roomId)
  const window = wantsTimeline ? await timelineWindow(look, roomId, known, upTo.rooms) : nothing(upTo.rooms)
  const membersChanged = hasMoved && (isNew || haveMembersChanged(look, roomId, known))
  const summary = membersChanged || fullState ? await summaryOf(look, roomId) : undefined
  const heroes = isNew ? (summary?.['m.heroes'] ?? []) : []
  const stateKnown = fullState ? 0 : known
  const wantsState = (hasMoved || fullState) && isRoomWanted(filter.room?.state, roomId)
  const stateIds = wantsState
    ? await stateFor(look, { roomId, known: stateKnown, upTo: upTo.rooms, window, heroes })
    : []
  const ephemeral = isRoomWanted(filter.room?.ephemeral, roomId) ? ephemeralOf(look, roomId, isNew) : []
  const data = isRoomWanted(filter.room?.account_data, roomId) ? accountData : []
  const parts = [window.rows, stateIds, ephemeral, data]
  if (!isNew && !fullState && !window.limited && parts.every(part => part.length === 0)) return undefined
  const rowIds = window.rows.map(({ eventId }) => eventId)
  const stateEvents = { events: await syncEvents(look, roomId, stateIds) }
  return {
    timeline: {
      events: await syncEvents(look, roomId, rowIds),
      limited: window.limited,
      prev_batch: writeTimelineToken(window.start - 1),
    },
    ...(look.stateAfter ? { state_after: stateEvents } : { state: stateEvents }),
    ephemeral: { events: ephemeral },
    account_data: { events: data },
    summary: summary ?? {},
    ...(await unreadOf(context, look.caller.userId, roomId, {
      upTo: upTo.rooms,
      byThread: filter.room?.timeline?.unread_thread_notifications === true,
    })),
  }
}

function haveMembersChanged({ context, upTo }: SyncLook, roomId: string, known: number): boolean {
  const changes = context.tables.roomStates.changes(roomId, known, upTo.rooms)
  return changes.some(({ type }) => ['m.room.member', 'm.room.name', 'm.room.canonical_alias'].includes(type))
}
